import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Load {
  /** Base URL of the service. */
  readonly url: string
  readonly path: string
  /** Kept open, each with one request at a time. */
  readonly connections: number
  /** The next body, plain ASCII; `undefined` ends the load. */
  readonly nextBody: () => string | undefined
}

/**
 * Posts JSON bodies over keep-alive connections and gives the seconds it took. Written on bare sockets, because a client library
 * costs as much as the service that is measured, and both share a small machine. Throws for any answer but a 200.
 */
export async function postAll({ url, path, connections, nextBody }: Load): Promise<number> {
  const { hostname, port, host } = new URL(url)
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      await once(socket, 'connect')
      return socket
    }),
  )
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: `
  const startedMs = performance.now()
  await Promise.all(sockets.map((socket) => drive(socket, head, nextBody)))
  return (performance.now() - startedMs) / 1_000
}

function drive(socket: Socket, head: string, nextBody: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let pending = ''
    const next = (): void => {
      const body = nextBody()
      if (body === undefined) socket.end(resolve)
      else socket.write(`${head}${body.length}\r\n\r\n${body}`, 'latin1')
    }
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      pending += text
      const length = answerLength(pending)
      if (length === undefined || pending.length < length) return
      if (!pending.startsWith('HTTP/1.1 200 ')) return void reject(new Error(`not taken: ${pending.slice(0, 2_000)}`))
      pending = pending.slice(length)
      next()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the service closed a connection')))
    next()
  })
}

/** Length of the answer that a text begins with, head included; `undefined` while its head is not complete. */
function answerLength(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  if (length === undefined) throw new Error('an answer without Content-Length')
  return end + 4 + Number(length)
}
