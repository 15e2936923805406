import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { ServeOptions } from '../reads/index.ts'

/** Quick rather than small: twice the work saves a twentieth. */
const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

/** An answer as JSON, packed. */
export function pack(value: object, { encoding = 'identity', beside }: ServeOptions): Uint8Array {
  const text = JSON.stringify(beside === undefined ? value : { ...value, beside })
  if (encoding === 'br') return brotliCompressSync(text, QUICK)
  return encoding === 'gzip' ? gzipSync(text, { level: 4 }) : Buffer.from(text)
}
