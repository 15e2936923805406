import { isUtf8 } from 'node:buffer'
import { FileError } from './errors.ts'

const REMEDY =
  'Export it again as UTF-8 (in a spreadsheet: "CSV UTF-8"), or name its encoding, such as --encoding windows-1252.'

/**
 * Passes on chunks that hold only whole characters, without a byte order mark.
 * Throws `FileError` naming line and byte where the text is not UTF-8; what stood on the lines before was passed on.
 */
export async function* wholeCharacters(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  const position = { line: 1, byte: 0 }
  let first = true
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = bytes.length - unfinishedBytes(bytes)
    const whole = bytes.subarray(0, end)
    rest = bytes.subarray(end)
    if (!isUtf8(whole)) {
      yield linesBeforeFault(whole, position)
      throw notUtf8(name, position)
    }
    const marked = first && whole.length >= 3 && startsWithMark(whole)
    if (whole.length > 0) first = false
    advance(position, whole)
    yield marked ? whole.subarray(3) : whole
  }
  if (rest.length > 0) throw notUtf8(name, position)
}

/** Whether the bytes are no UTF-8. Reads no further than it must. */
export async function isNoUtf8(chunks: AsyncIterable<Buffer>): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = bytes.length - unfinishedBytes(bytes)
    if (!isUtf8(bytes.subarray(0, end))) return true
    rest = bytes.subarray(end)
  }
  return rest.length > 0
}

export function startsWithMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

interface Position {
  line: number
  byte: number
}

function notUtf8(name: string, position: Position): FileError {
  return new FileError(`${name}, line ${position.line} (byte ${position.byte + 1}): the text is not UTF-8. ${REMEDY}`)
}

/** How many bytes at the end begin a character that the next chunk has to finish. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < sequenceBytes(byte) ? back : 0
  }
  return 0
}

function sequenceBytes(lead: number): number {
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}

/** The lines before the first one with a fault; the position is moved to that line and to the byte at fault. */
function linesBeforeFault(bytes: Buffer, position: Position): Buffer {
  let start = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, start) + 1
    const line = end === 0 ? bytes.subarray(start) : bytes.subarray(start, end)
    if (!isUtf8(line)) {
      position.byte += start + firstBadByte(line)
      return bytes.subarray(0, start)
    }
    position.line += 1
    start = end
  }
}

function firstBadByte(line: Buffer): number {
  const text = line.toString('utf8')
  // What cannot be decoded becomes U+FFFD; up to there the decoded text has the bytes of the line.
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) {
    const bytes = Buffer.byteLength(text.slice(0, at))
    if (line[bytes] !== 0xef || line[bytes + 1] !== 0xbf || line[bytes + 2] !== 0xbd) return bytes
  }
  return 0
}

function advance(position: Position, bytes: Buffer): void {
  position.byte += bytes.length
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) position.line += 1
}
