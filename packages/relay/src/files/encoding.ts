import { FileError } from './errors.ts'

/** How the bytes of a text are to be read. */
export interface Encoding {
  /** A label that a `TextDecoder` knows. */
  readonly label: string
  /** Whether it was said or stands in the first bytes, rather than found out from all of them. */
  readonly isCertain: boolean
}

export const UTF_8: Encoding = { label: 'utf-8', isCertain: true }

const TITLES: Readonly<Record<string, string>> = {
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}

/** What to say of an encoding that is not UTF-8. */
export function encodingNote({ label, isCertain }: Encoding): string {
  const title = TITLES[label] ?? label
  return isCertain ? `read as ${title}` : `read as ${title}, which its bytes look like (--encoding says another)`
}

/** The encoding that a person named. Throws `FileError` for one that nobody knows. */
export function namedEncoding(name: string): Encoding {
  try {
    const { encoding } = new TextDecoder(name.trim())
    return { label: encoding, isCertain: true }
  } catch {
    const known =
      'utf-8, utf-16le, windows-1252, windows-1250, windows-1251, iso-8859-15, macintosh, shift_jis, gb18030'
    throw new FileError(`--encoding: "${name}" is no encoding that is known. Such are ${known}.`)
  }
}

/** The encoding that the first bytes say; `undefined` where they leave it open. Throws `FileError` for bytes that are no text. */
export function encodingOfHead(name: string, head: Buffer): Encoding | undefined {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0
  if (mark === 0xfffe && head[2] === 0 && head[3] === 0) {
    throw new FileError(`${name}: the text is UTF-32. Export it again as UTF-8 (in a spreadsheet: "CSV UTF-8").`)
  }
  if (mark === 0xfffe) return { label: 'utf-16le', isCertain: true }
  if (mark === 0xfeff) return { label: 'utf-16be', isCertain: true }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return UTF_8
  return head.includes(0) ? utf16ByZeros(name, head) : undefined
}

/** Nearly every second byte of a Latin text in UTF-16 is zero, and no other. */
function utf16ByZeros(name: string, head: Buffer): Encoding {
  const zeros = [0, 0]
  for (let at = 0; at < head.length; at++) if (head[at] === 0) zeros[at % 2]! += 1
  const [even = 0, odd = 0] = zeros
  const enough = head.length * 0.3
  if (even === 0 && odd > enough) return { label: 'utf-16le', isCertain: false }
  if (odd === 0 && even > enough) return { label: 'utf-16be', isCertain: false }
  const remedy = 'Export it as CSV (in a spreadsheet: "CSV UTF-8"), or name the encoding of the text with --encoding.'
  throw new FileError(`${name}, byte ${head.indexOf(0) + 1}: this is no text. ${remedy}`)
}

/** Bytes of a character of UTF-8. */
const LONGEST_CHARACTER = 4

/** What the bytes above 127 of a whole text say. */
interface HighBytes {
  /** Sequences that are characters of UTF-8. */
  characters: number
  /** Bytes that belong to no such sequence, and how many of them stand beside another. */
  loose: number
  neighbours: number
  /** Loose bytes that Windows-1252 has no letter or common sign for, or not in such a place. */
  strange: number
}

/**
 * The encoding of a text that is not UTF-8: Windows-1252 where its bytes are letters and signs of western European languages in the
 * places of such. `undefined` where it may be any other, or where parts of it are UTF-8.
 */
export async function looseEncoding(chunks: AsyncIterable<Buffer>): Promise<Encoding | undefined> {
  const seen: HighBytes = { characters: 0, loose: 0, neighbours: 0, strange: 0 }
  /** One byte that was looked at, and those whose neighbours were not there yet. */
  let rest: Buffer = Buffer.alloc(0)
  let from = 0
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk])
    const end = count(bytes, from, bytes.length - LONGEST_CHARACTER, seen)
    from = Math.min(1, end)
    rest = bytes.subarray(end - from)
  }
  count(rest, from, rest.length, seen)
  const isWestern = seen.characters === 0 && seen.strange === 0 && seen.neighbours <= seen.loose * 0.2
  return isWestern ? { label: 'windows-1252', isCertain: false } : undefined
}

/** Looks at the bytes between two places, and returns where the next part begins. */
function count(bytes: Buffer, from: number, to: number, seen: HighBytes): number {
  let at = from
  while (at < to) {
    const length = bytes[at]! < 0x80 ? 1 : sequenceLength(bytes, at)
    if (length > 1) seen.characters += 1
    else if (length === 0) countLoose(bytes, at, seen)
    at += Math.max(1, length)
  }
  return at
}

function countLoose(bytes: Buffer, at: number, seen: HighBytes): void {
  const [before, after] = [bytes[at - 1] ?? 0, bytes[at + 1] ?? 0]
  seen.loose += 1
  if (before >= 0x80 || after >= 0x80) seen.neighbours += 1
  if (isStrange(bytes[at]!, isLetter(before) || isLetter(after))) seen.strange += 1
}

/** The length of the UTF-8 character that starts here; 0 where none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!
  const length = lead < 0xc2 || lead > 0xf4 ? 0 : lead >= 0xf0 ? LONGEST_CHARACTER : lead >= 0xe0 ? 3 : 2
  if (length === 0) return 0
  for (let next = 1; next < length; next++) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}

/** Euro, quotation marks, dashes, bullet, ellipsis, trade mark, and œ and Œ: of 0x80 to 0x9f those that are in use in the west. */
const COMMON_SIGNS: ReadonlySet<number> = new Set([
  0x80, 0x82, 0x84, 0x85, 0x8b, 0x8c, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9b, 0x9c,
])
/** Signs that may touch a letter: no-break space, quotation marks, ª º ° · © ® and what stands before Spanish questions. */
const SIGNS_AT_LETTERS: ReadonlySet<number> = new Set([
  0xa0, 0xa1, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xb0, 0xb4, 0xb7, 0xba, 0xbb, 0xbf,
])
/** Letters of 0xc0 to 0xff that are none of a western language but in Iceland, or are signs. */
const RARE_LETTERS: ReadonlySet<number> = new Set([0xd7, 0xf7, 0xd0, 0xf0, 0xde, 0xfe, 0xdd, 0xfd])

/** š and ž (0x9a, 0x9e) are of central Europe, whose encoding has other letters where this one has è and ø. */
function isStrange(byte: number, isAtLetter: boolean): boolean {
  if (byte < 0xa0) return !COMMON_SIGNS.has(byte)
  if (byte < 0xc0) return isAtLetter && !SIGNS_AT_LETTERS.has(byte)
  return RARE_LETTERS.has(byte)
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
}

/** The text in UTF-8, without its mark. Throws `FileError` where a byte is none of the encoding. */
export async function* inUtf8(
  name: string,
  chunks: AsyncIterable<Buffer>,
  { label }: Encoding,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(label, { fatal: true })
  try {
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8')
    yield Buffer.from(decoder.decode(), 'utf8')
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const message = `${name}: the text is not ${TITLES[label] ?? label}. Name its encoding with --encoding, or export it again as UTF-8.`
    throw new FileError(message, { cause: error })
  }
}
