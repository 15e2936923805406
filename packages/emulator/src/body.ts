import { type Answer, errorAnswer } from './answer.ts'

/** The body of a request as text, or the answer to one that cannot be read. */
export interface ReadBody {
  readonly text: string
  readonly refusal: Answer | null
}

/** What is read of a request: a Web `Request` fits. */
export interface BodySource {
  readonly headers: Pick<Headers, 'get'>
  arrayBuffer(): Promise<ArrayBuffer>
}

// Without a limit of its own a few kilobytes of gzip could unfold to gigabytes.
const MAX_UNFOLDED_BYTES = 256 * 1024 * 1024

const decoder = new TextDecoder()

/** Reads a body of at most `maxBytes`, as sent and after gzip. Rejects only where the connection broke before its end. */
export async function readBody(source: BodySource, maxBytes: number): Promise<ReadBody> {
  const bytes = new Uint8Array(await source.arrayBuffer())
  if (bytes.byteLength > maxBytes) return refused(tooLarge())
  const encoding = source.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'gzip') return readGzip(bytes, maxBytes)
  return encoding === 'identity' || encoding === ''
    ? { text: decoder.decode(bytes), refusal: null }
    : refused(unknownEncoding())
}

async function readGzip(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<ReadBody> {
  try {
    const unfolded = await unfold(bytes, Math.min(maxBytes, MAX_UNFOLDED_BYTES))
    return unfolded === undefined ? refused(tooLarge()) : { text: decoder.decode(unfolded), refusal: null }
  } catch {
    return refused(notGzip())
  }
}

/** The bytes of a gzip body; `undefined` where there are more than `maxBytes`. Every runtime has this stream, and Node's own is not everywhere. */
async function unfold(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of piped(bytes)) {
    length += part.byteLength
    if (length > maxBytes) return undefined
    parts.push(part)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

const piped = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> =>
  new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))

function refused(refusal: Answer): ReadBody {
  return { text: '', refusal }
}

function tooLarge(): Answer {
  return errorAnswer(413, { message: 'The request body is too large.', code: 'request_too_large' })
}

function notGzip(): Answer {
  return errorAnswer(400, { message: 'The request body is not valid gzip.', param: 'body', code: 'invalid_gzip' })
}

function unknownEncoding(): Answer {
  return errorAnswer(415, { message: 'Content-Encoding must be gzip or absent.', code: 'unsupported_encoding' })
}
