import { FileError } from './errors.ts'

/** What the first bytes of a file say that it is, as far as it matters here. */
export type Container = 'gzip' | 'zstd' | 'zip' | 'parquet'

const SIGNATURES: readonly (readonly [bytes: string, container: Container])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['PK\x03\x04', 'zip'],
  ['PAR1', 'parquet'],
]

/** What cannot be read here, with what to do instead; `$` stands for the file's name. */
const FOREIGN: readonly (readonly [bytes: string, what: string, remedy: string])[] = [
  ['BZh', 'it is compressed with bzip2', 'Unpack it (bunzip2 --keep "$") and send what comes out.'],
  ['\xfd7zXZ\x00', 'it is compressed with xz', 'Unpack it (xz --decompress --keep "$") and send what comes out.'],
  ['7z\xbc\xaf\x27\x1c', 'it is a 7-Zip archive', 'Unpack it (7z x "$") and send the file in it.'],
  ['Rar!\x1a\x07', 'it is a RAR archive', 'Unpack it and send the file in it.'],
  ['\x04\x22\x4d\x18', 'it is compressed with LZ4', 'Unpack it (lz4 -d "$") and send what comes out.'],
  ['PK\x05\x06', 'it is a zip archive without a file in it', 'Pack it again, or send the table itself.'],
  [
    '\xd0\xcf\x11\xe0',
    'it is a workbook of an old Excel (.xls), or one that a password protects',
    'Open it in a spreadsheet and save it as .xlsx without a password, or as "CSV UTF-8".',
  ],
  ['%PDF', 'it is a PDF', 'Export the table itself, as CSV or .xlsx.'],
  ['SQLite format 3', 'it is an SQLite database', 'Export a table of it as CSV.'],
  ['Obj\x01', 'it is an Avro file', 'Export it as Parquet, NDJSON or CSV.'],
  ['ORC', 'it is an ORC file', 'Export it as Parquet, NDJSON or CSV.'],
  ['ARROW1', 'it is an Arrow (Feather) file', 'Export it as Parquet, NDJSON or CSV.'],
]
/** Text that is no table though a spreadsheet opens it: many systems call it `.xls`. */
const MARKUP = /^\s*(?:<!doctype html|<html|<table|<\?xml)/i

/** How many first bytes `containerOf` and `refuseForeign` look at. */
export const SIGNATURE_BYTES = 512

export function containerOf(head: Buffer): Container | undefined {
  return SIGNATURES.find(([bytes]) => startsWith(head, bytes))?.[1]
}

/** Throws `FileError` for what is neither text nor a container that is read here. */
export function refuseForeign(name: string, head: Buffer): void {
  const foreign = FOREIGN.find(([bytes]) => startsWith(head, bytes)) ?? tarOf(head) ?? markupOf(head)
  if (foreign === undefined) return
  throw new FileError(`${name}: ${foreign[1]}. ${foreign[2].replace('$', () => name)}`)
}

function startsWith(head: Buffer, bytes: string): boolean {
  return head.length >= bytes.length && head.toString('latin1', 0, bytes.length) === bytes
}

function tarOf(head: Buffer): (typeof FOREIGN)[number] | undefined {
  if (head.length < 262 || head.toString('latin1', 257, 262) !== 'ustar') return undefined
  return ['', 'it is a tar archive', 'Unpack it (tar -xf "$") and send the file in it.']
}

function markupOf(head: Buffer): (typeof FOREIGN)[number] | undefined {
  if (
    !MARKUP.test(
      head
        .subarray(0, SIGNATURE_BYTES)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    )
  )
    return undefined
  return ['', 'it is HTML or XML', 'Open it in a spreadsheet and save it as .xlsx or "CSV UTF-8", or export CSV.']
}
