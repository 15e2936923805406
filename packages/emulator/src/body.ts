import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
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

const unfold = promisify(gunzip)
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

async function readGzip(bytes: Uint8Array, maxBytes: number): Promise<ReadBody> {
  try {
    const maxOutputLength = Math.max(1, Math.min(maxBytes, MAX_UNFOLDED_BYTES))
    return { text: decoder.decode(await unfold(bytes, { maxOutputLength })), refusal: null }
  } catch (error) {
    return refused((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : notGzip())
  }
}

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
