import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Answer } from '../answer.ts'
import { acceptedCodings } from './codings.ts'

export type Coding = 'br' | 'gzip' | undefined

/** Below this an answer is one packet either way. */
const MIN_CHARACTERS = 1_400
/** Quick rather than small: twice the work saves a twentieth. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const brotli = promisify(brotliCompress)
const gunzippable = promisify(gzip)

/** The best coding that a caller takes. */
export function codingFor(accepted: string | string[] | undefined): Coding {
  const codings = acceptedCodings(accepted)
  return codings.has('br') ? 'br' : codings.has('gzip') ? 'gzip' : undefined
}

/** Packs the text of an answer by the threads that Node has for it, not by the one that delivers. Small texts and streams stay. */
export async function packAnswer(answer: Answer, coding: Coding): Promise<Answer> {
  const { body } = answer
  if (typeof body !== 'string') return answer
  const headers = { ...answer.headers, vary: 'accept-encoding' }
  if (coding === undefined || body.length < MIN_CHARACTERS) return { ...answer, headers }
  const packed = coding === 'br' ? await brotli(body, QUALITY) : await gunzippable(body, { level: 4 })
  return { ...answer, body: packed, headers: { ...headers, 'content-encoding': coding } }
}
