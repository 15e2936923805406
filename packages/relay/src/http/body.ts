import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Answer, errorAnswer } from './answer.ts'
import { type ReadJson, readJson } from './json.ts'
import type { Soon } from './soon.ts'

/** The JSON of a body, or the answer to one that cannot be read. */
export type ReadBody = Pick<Extract<ReadJson, { ok: true }>, 'value' | 'texts'> | { readonly refusal: Answer }

type PlainBody = { readonly bytes: Uint8Array } | { readonly refusal: Answer }

export interface RawBody {
  readonly bytes: Uint8Array
  readonly encoding: string | undefined
}

const unfold = promisify(gunzip)

/** Undoes gzip, bounded like the body itself, and reads the JSON. */
export async function readBody(raw: RawBody, maxBytes: number): Promise<ReadBody> {
  const plain = await unfoldBody(raw, maxBytes)
  return 'refusal' in plain ? plain : readPlain(plain.bytes)
}

/** The body as it was before it was compressed, or the answer to one that cannot be had. */
export function unfoldBody({ bytes, encoding = 'identity' }: RawBody, maxBytes: number): Soon<PlainBody> {
  const name = encoding.trim().toLowerCase()
  if (name === 'gzip') return unfoldGzip(bytes, maxBytes)
  if (name === 'identity' || name === '') return { bytes }
  return { refusal: errorAnswer(415, 'Content-Encoding must be gzip or absent.', { code: 'unsupported_encoding' }) }
}

async function unfoldGzip(bytes: Uint8Array, maxBytes: number): Promise<PlainBody> {
  try {
    return { bytes: await unfold(bytes, { maxOutputLength: maxBytes }) }
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return { refusal: tooLarge ? tooLargeAnswer() : NOT_GZIP }
  }
}

/** Reads the JSON of a body that is not compressed. */
export function readPlain(bytes: Uint8Array): ReadBody {
  const read = readJson(bytes)
  return read.ok ? read : { refusal: errorAnswer(read.status, read.message, { param: 'body', code: read.code }) }
}

export function tooLargeAnswer(): Answer {
  return errorAnswer(413, 'The request body is too large.', { code: 'request_too_large' })
}

const NOT_GZIP = errorAnswer(400, 'The request body is not valid gzip.', { param: 'body', code: 'invalid_gzip' })
