import { promisify } from 'node:util'
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib'
import type { ServeOptions } from '../reads/index.ts'

/** Quick rather than small: twice the work saves a twentieth. */
const QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const GZIP = { level: 4 }

/** An answer as JSON, packed. */
export function pack(value: object, { encoding = 'identity', beside }: ServeOptions): Uint8Array {
  const text = textOf(value, beside)
  if (encoding === 'br') return brotliCompressSync(text, QUICK)
  return encoding === 'gzip' ? gzipSync(text, GZIP) : Buffer.from(text)
}

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** The same beside this thread. */
export async function packBeside(value: object, { encoding = 'identity', beside }: ServeOptions): Promise<Uint8Array> {
  const text = Buffer.from(textOf(value, beside))
  if (encoding === 'br') return brotli(text, QUICK)
  return encoding === 'gzip' ? zip(text, GZIP) : text
}

function textOf(value: object, beside: unknown): string {
  return JSON.stringify(beside === undefined ? value : { ...value, beside })
}
