/** Requests whose bytes are exactly those written here, and values that frameworks like to decode. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

/** Query value as it stands in the address → click reference. The bytes are the same, up to the end of the value. */
export const VALUES: readonly (readonly [raw: string, oppref: string])[] = [
  ['AbC%2Bd', 'AbC%2Bd'],
  ['a%20b', 'a%20b'],
  ['a+b', 'a+b'],
  ['%E4', '%E4'],
  ['%zz%', '%zz%'],
  ['~a~', '~a~'],
  ['%c3%a4%C3%A4', '%c3%a4%C3%A4'],
  ['YWJj==', 'YWJj=='],
  ['a&amp;b', 'a'],
  ['a&oppref=b', 'a'],
  ['a;b,c', 'a;b,c'],
  ['a%00b%0d%0aSet-Cookie:x=1', 'a%00b%0d%0aSet-Cookie:x=1'],
  ['!21', '!21'],
  ['(a)*$@/?:', '(a)*$@/?:'],
]

export interface Told {
  readonly status: number
  readonly cookies: readonly string[]
  readonly body: string
}

/** Sends one request without a body over a socket of its own. */
export async function ask(
  port: number,
  target: string,
  headers: readonly string[] = [],
  method: string = 'GET',
): Promise<Told> {
  const socket = connect(port, '127.0.0.1')
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: shop.example.com', 'Connection: close', ...headers, '', '']
  socket.end(Buffer.from(lines.join('\r\n'), 'latin1'))
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'close')
  const [head = '', ...rest] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n')
  const [first = '', ...fields] = head.split('\r\n')
  const cookies = fields.flatMap((field) => /^set-cookie: (.*)$/i.exec(field)?.[1] ?? [])
  return { status: Number(first.split(' ')[1]), cookies, body: rest.join('\r\n\r\n') }
}

/** The `Cookie` header with which a browser answers `Set-Cookie` headers. */
export const cookieHeader = (cookies: readonly string[]): string =>
  `Cookie: ${cookies.map((cookie) => cookie.split(';')[0]).join('; ')}`

export interface Served {
  readonly port: number
  close(): void
}

export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

/** Answers Node's requests with a handler of Web requests, which gets no body. */
export const webListener =
  (handle: (request: Request) => Response | Promise<Response>): RequestListener =>
  (incoming, outgoing) =>
    void answer(handle, incoming, outgoing)

async function answer(
  handle: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const headers = new Headers(Object.entries(incoming.headers) as [string, string][])
  const { method = 'GET', url = '/' } = incoming
  const response = await handle(new Request(`http://${headers.get('host')}${url}`, { method, headers }))
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, [...response.headers, ['content-length', `${body.length}`]].flat())
  outgoing.end(body)
}
