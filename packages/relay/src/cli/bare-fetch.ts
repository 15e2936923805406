import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestInClear } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { type Duplex, pipeline, Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'

/** Answers of which nothing follows: a `Response` must not have a body then. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

const CONNECTING_MS = 10_000

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = constants
const atAnyEnd = <End>(finishFlush: End): { finishFlush: End } => ({ finishFlush })

/** What a server may pack its answer in, though nobody asked for it (RFC 9110, 12.5.3). One without a body may say so too. */
const UNPACKINGS: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => createGunzip(atAnyEnd(Z_SYNC_FLUSH))],
  ['x-gzip', () => createGunzip(atAnyEnd(Z_SYNC_FLUSH))],
  ['deflate', () => createInflate(atAnyEnd(Z_SYNC_FLUSH))],
  ['br', () => createBrotliDecompress(atAnyEnd(BROTLI_OPERATION_FLUSH))],
  ['zstd', () => createZstdDecompress(atAnyEnd(ZSTD_e_flush))],
])

/**
 * `fetch` for a body that is there as a whole: it goes to the socket as it is, where the platform's own copies it twice, which is most of what
 * a run of a large file leaves to be collected. Follows no redirect. Proxies and authorities of the environment count as they do for `fetch`.
 */
export const bareFetch: typeof fetch = async (input, init = {}) => {
  const { method = 'GET', headers, body, signal } = init
  const url = new URL(input instanceof Request ? input.url : input)
  const options: RequestOptions = {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(signal && { signal }),
  }
  const send = url.protocol === 'https:' ? requestOverTls : requestInClear
  await untilClosingsAreHeard()
  const request = send(url, options)
  limitConnecting(request, url.protocol === 'https:' ? 'secureConnect' : 'connect')
  request.end(typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array | undefined))
  return responseTo(request)
}

/**
 * Some servers answer as if the connection stayed and close it at once. A request that took it in the same moment would be lost, and nobody
 * could say whether it was heard: of two turns of the loop, sockets are looked at in one. The platform's `fetch` waits likewise.
 */
async function untilClosingsAreHeard(): Promise<void> {
  await nextTurn()
  await nextTurn()
}

/** As the platform's `fetch` does: who cannot be reached is told sooner than the time for an answer is over. */
function limitConnecting(request: ClientRequest, done: 'connect' | 'secureConnect'): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => request.destroy(fault('no connection in time', 'ETIMEDOUT')), CONNECTING_MS)
    for (const end of [done, 'close']) socket.once(end, () => clearTimeout(timer))
  })
}

const fault = (message: string, code: string): Error => Object.assign(new Error(message), { code })

function responseTo(request: ClientRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    request.on('response', (answer) => {
      try {
        resolve(responseOf(answer))
      } catch (error) {
        answer.destroy()
        reject(error)
      }
      // The server has said what it thinks of the rest of the body, and may never read it.
      answer.on('end', () => request.writableFinished || request.destroy())
    })
    request.on('error', reject)
    // Not each end is an error: a server that goes over to another protocol is hung up on.
    request.on('close', () => reject(fault('no answer came', 'ECONNRESET')))
  })
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, headersDistinct } = answer
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value)
  if (!WITHOUT_BODY.has(status))
    return new Response(Readable.toWeb(unpacked(answer, headers)) as ReadableStream, { status, headers })
  answer.resume()
  return new Response(null, { status, headers })
}

/** The body as it was before it was packed, the last packing first; as it is where one of them is not known. */
function unpacked(answer: IncomingMessage, headers: Headers): Readable {
  const packings = (headers.get('content-encoding') ?? 'identity').toLowerCase().split(',')
  const makers = packings
    .map((packing) => packing.trim())
    .filter((packing) => packing !== 'identity')
    .map((packing) => UNPACKINGS.get(packing))
  if (makers.length === 0 || makers.length > MAX_PACKINGS || makers.includes(undefined)) return answer
  const steps = makers.toReversed().map((make) => make!())
  // Whoever reads hears of a fault from the last step.
  return pipeline([answer, ...steps], () => {}) as unknown as Readable
}

/** Honest servers use one; each takes memory. */
const MAX_PACKINGS = 3
