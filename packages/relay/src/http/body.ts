import { type Answer, errorAnswer, laterAnswer } from './answer.ts'
import { gunzip, type NoBody, type Share, type Unfolded } from './incoming/index.ts'
import { type LongNumbers, type ReadJson, readJson, readJsonExactly } from './json.ts'
import type { MaybePromise } from './maybe-promise.ts'

/** The JSON of a body, or the answer to one that cannot be read. */
export type ReadBody =
  | Pick<Extract<ReadJson, { ok: true }>, 'value' | 'texts' | 'lostNumbers'>
  | { readonly refusal: Answer }

type PlainBody = { readonly bytes: Uint8Array } | { readonly refusal: Answer }

export interface RawBody {
  readonly bytes: Uint8Array
  readonly encoding: string | undefined
  /** What it takes of the memory that there is for bodies; more when it is unfolded. Default: nobody counts. */
  readonly share?: Pick<Share, 'take'> | undefined
}

/** Undoes gzip, bounded like the body itself, and reads the JSON. */
export async function readBody(raw: RawBody, maxBytes: number, longNumbers: LongNumbers = 'refuse'): Promise<ReadBody> {
  const plain = await unfoldBody(raw, maxBytes)
  return 'refusal' in plain ? plain : orRefusal(readJsonExactly(plain.bytes, longNumbers))
}

/** The body as it was before it was compressed, or the answer to one that cannot be had. */
export function unfoldBody(
  { bytes, encoding = 'identity', share }: RawBody,
  maxBytes: number,
): MaybePromise<PlainBody> {
  const name = encoding.trim().toLowerCase()
  if (name === 'gzip' || name === 'x-gzip') {
    return gunzip(bytes, maxBytes, (more) => share?.take(more) !== false).then((unfolded) =>
      typeof unfolded === 'string' ? { refusal: NOT_UNFOLDED[unfolded] } : { bytes: unfolded },
    )
  }
  if (name === 'identity' || name === '') return { bytes }
  return { refusal: errorAnswer(415, 'Content-Encoding must be gzip or absent.', { code: 'unsupported_encoding' }) }
}

/** Reads the JSON of a body of events that is not compressed. */
export function readPlain(bytes: Uint8Array): ReadBody {
  return orRefusal(readJson(bytes))
}

function orRefusal(read: ReadJson): ReadBody {
  return read.ok ? read : { refusal: errorAnswer(read.status, read.message, { param: 'body', code: read.code }) }
}

const CROWDED_RETRY_SECONDS = 1
const TOO_LARGE = errorAnswer(413, 'The request body is too large.', { code: 'request_too_large' })
const CROWDED = laterAnswer(503, CROWDED_RETRY_SECONDS, 'Too much is being read at a time.')
const SLOW = errorAnswer(408, 'The request body came too slowly.', { code: 'request_timeout' })

/** The answer to a body that was not read to its end. */
export const NOT_READ: Readonly<Record<NoBody, Answer>> = {
  too_large: TOO_LARGE,
  crowded: CROWDED,
  slow: SLOW,
  gone: SLOW,
}

const NOT_UNFOLDED: Readonly<Record<Extract<Unfolded, string>, Answer>> = {
  too_large: TOO_LARGE,
  crowded: CROWDED,
  not_gzip: errorAnswer(400, 'The request body is not valid gzip.', { param: 'body', code: 'invalid_gzip' }),
}
