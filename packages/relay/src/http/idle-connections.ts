import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Has a server that closes leave those connections open whose last answer has not gone out whole. Node takes a connection for idle as soon
 * as its answer was handed over, which cuts off the end of a long answer, or of a stream that ends just then.
 */
export function keepUntilAnswered(server: Server): void {
  const answers = new Map<Socket, number>()
  const add = (socket: Socket, change: number): void => {
    const count = answers.get(socket)
    if (count !== undefined) answers.set(socket, count + change)
  }
  server.on('connection', (socket: Socket) => {
    answers.set(socket, 0)
    socket.once('close', () => answers.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    add(socket, 1)
    response.once('close', () => add(socket, -1))
  })
  server.closeIdleConnections = () => {
    for (const [socket, count] of answers) if (count === 0) socket.destroy()
  }
}
