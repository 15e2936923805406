import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Has a server that closes leave those connections open whose last answer has not gone out whole. Node takes a connection for idle as soon
 * as its answer was handed over, which cuts off the end of a long answer, or of a stream that ends just then.
 *
 * Nothing listens to the answers for it. Measured: with a second listener for the end of each, requests outlived the collection of young
 * objects once an old one had run, and a post cost a third more of the processor from then on.
 */
export function keepUntilAnswered(server: Server): void {
  /** The last answer of each connection; those before it have gone when it goes. */
  const answers = new Map<Socket, ServerResponse | undefined>()
  server.on('connection', (socket: Socket) => {
    answers.set(socket, undefined)
    socket.once('close', () => answers.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (answers.has(socket)) answers.set(socket, response)
  })
  server.closeIdleConnections = () => {
    for (const [socket, answer] of answers) if (isIdle(socket, answer)) socket.destroy()
  }
}

function isIdle(socket: Socket, answer: ServerResponse | undefined): boolean {
  return answer === undefined || (answer.writableFinished && socket.writableLength === 0)
}
