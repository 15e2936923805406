import { type IncomingMessage, type RequestOptions, request as requestInClear } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { Readable } from 'node:stream'

/** Answers of which nothing follows: a `Response` must not have a body then. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * `fetch` for a body that is there as a whole: it goes to the socket as it is, where the platform's own copies it twice, which is most of what
 * a run of a large file leaves to be collected. Follows no redirect.
 */
export const bareFetch: typeof fetch = (input, init = {}) => {
  const { method = 'GET', headers, body, signal } = init
  const url = new URL(input instanceof Request ? input.url : input)
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array | undefined)
  const options: RequestOptions = {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(signal && { signal }),
  }
  const send = url.protocol === 'https:' ? requestOverTls : requestInClear
  return new Promise((resolve, reject) => {
    const request = send(url, options, (answer) => {
      try {
        resolve(responseOf(answer))
      } catch (error) {
        answer.destroy()
        reject(error)
      }
    })
    request.on('error', reject)
    request.end(bytes)
  })
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, headersDistinct } = answer
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value)
  if (!WITHOUT_BODY.has(status)) return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers })
  answer.resume()
  return new Response(null, { status, headers })
}
