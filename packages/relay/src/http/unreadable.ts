import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, errorAnswer } from './answer.ts'

type Headers = () => Readonly<Record<string, string>>

/** Answers what is no request of HTTP, which Node gives to no route. */
export function answerUnreadable(server: Server, headers: Headers): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { status, headers: own, body } = EXPECTATION
    const length = { 'content-length': Buffer.byteLength(String(body)) }
    response.writeHead(status, { ...own, ...headers(), ...length }).end(body)
  })
}

/** Node's own state of a connection: the answer that is on its way, which another must not break into. */
interface Answering {
  readonly _httpMessage?: { readonly headersSent: boolean } | null
}

/** For a connection on which something came that cannot be read, or nothing came in time. It ends with the answer. */
export function answerConnection(error: Error & { code?: string }, socket: Socket, headers: Headers): void {
  const isAnswering = (socket as Socket & Answering)._httpMessage?.headersSent === true
  if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, headers: own, body } = ANSWERS[error.code ?? ''] ?? NOT_HTTP
  const all = { ...own, ...headers(), 'content-length': String(Buffer.byteLength(String(body))), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${String(body)}`, () =>
    socket.destroy(),
  )
}

const NOT_HTTP = errorAnswer(400, 'This is no request of HTTP.', { code: 'bad_request' })
const EXPECTATION = errorAnswer(417, 'Expect must be 100-continue or absent.', { code: 'bad_request' })
const ANSWERS: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: errorAnswer(431, 'The header of the request is too large.', { code: 'bad_request' }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: errorAnswer(413, 'The request body is too large.', { code: 'request_too_large' }),
  ERR_HTTP_REQUEST_TIMEOUT: errorAnswer(408, 'The request came too slowly.', { code: 'request_timeout' }),
}
