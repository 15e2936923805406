/** What stands in front of a relay: with TLS or without, it may be pointed at another one, and tell of another version. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Certificate } from '../../certificates.ts'

export interface Proxy {
  readonly url: string
  /** Where requests go; `undefined`: nowhere, as if nothing listened. */
  target: string | undefined
  /** Texts of answers as others would give them. */
  rewrite: (text: string) => string
}

export async function startProxy(test: TestContext, certificate?: Certificate): Promise<Proxy> {
  const proxy: { -readonly [Key in keyof Proxy]: Proxy[Key] } = { url: '', target: undefined, rewrite: (text) => text }
  const handle = (asked: IncomingMessage, answer: ServerResponse): void => forward(proxy, asked, answer)
  const server = certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  proxy.url = `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  return proxy
}

function forward({ target, rewrite }: Proxy, asked: IncomingMessage, answer: ServerResponse): void {
  if (target === undefined) return void asked.socket.destroy()
  const { 'accept-encoding': _, ...headers } = asked.headers
  const from = isTls(asked) ? { 'x-forwarded-for': asked.socket.remoteAddress ?? '' } : {}
  const own = { ...headers, 'accept-encoding': 'identity', ...from }
  const onward = request(target + asked.url, { method: asked.method, headers: own }, (given) => {
    const { 'content-length': _length, ...rest } = given.headers
    answer.writeHead(given.statusCode ?? 502, rest)
    const isText = /json|event-stream/.test(given.headers['content-type'] ?? '')
    given.on('data', (piece: Buffer) => answer.write(isText ? rewrite(piece.toString()) : piece))
    given.on('end', () => answer.end())
    given.on('error', () => answer.destroy())
  })
  onward.on('error', () => answer.destroy())
  answer.on('close', () => onward.destroy())
  asked.pipe(onward)
}

/** Without TLS it is taken for the relay itself, on its own machine. */
function isTls({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket
}
