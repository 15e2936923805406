import type { Readable } from 'node:stream'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import { FileError } from './errors.ts'

/** An archive of which one entry is read: a table, or what says which sheets a workbook has. */
export interface ZipTable {
  readonly isWorkbook: boolean
  /** The entry's path in the archive. */
  readonly entry: string
  /** Its size once unpacked, as the archive claims. */
  readonly bytes: number
  open(): Promise<Readable>
}

const WORKBOOK = 'xl/workbook.xml'
const MAX_SHOWN = 5
/** What macOS and Windows put beside the file that was packed. */
const CLUTTER = /^__MACOSX\/|(?:^|\/)(?:\.[^/]*|Thumbs\.db|desktop\.ini)$/i
/** Entries by which other documents are told: those of Office, OpenDocument and Apple. */
const DOCUMENTS: readonly string[] = ['[Content_Types].xml', 'mimetype', 'Index/Document.iwa']

/** Looks into an archive. Throws `FileError` for one with no file, with several, or with a password. */
export async function readZip(name: string, fd: number): Promise<ZipTable> {
  const { zip, entries } = await entriesOf(name, fd)
  const workbook = entries.find(({ fileName }) => fileName === WORKBOOK)
  const entry = workbook ?? onlyTable(name, entries)
  if (entry.isEncrypted()) {
    throw new FileError(`${name}: a password protects the archive. Unpack it and send the file in it.`)
  }
  return {
    isWorkbook: workbook !== undefined,
    entry: entry.fileName,
    bytes: entry.uncompressedSize,
    open: () => zip.openReadStreamPromise(entry),
  }
}

async function entriesOf(name: string, fd: number): Promise<{ zip: ZipFile; entries: Entry[] }> {
  try {
    const zip = await fromFdPromise(fd, { autoClose: false })
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) entries.push(entry)
    return { zip, entries }
  } catch (cause) {
    const message = `${name}: the zip archive is damaged or cut off. Pack it again, or send the table itself.`
    throw new FileError(message, { cause })
  }
}

function onlyTable(name: string, entries: readonly Entry[]): Entry {
  if (entries.some(({ fileName }) => DOCUMENTS.includes(fileName))) {
    const remedy = 'Open it in a spreadsheet and save it as .xlsx or "CSV UTF-8".'
    throw new FileError(`${name}: it is a document, but no .xlsx workbook. ${remedy}`)
  }
  const files = entries.filter(({ fileName }) => !fileName.endsWith('/') && !CLUTTER.test(fileName))
  if (files.length === 1) return files[0]!
  if (files.length === 0) throw new FileError(`${name}: the zip archive holds no file. Pack it again.`)
  const shown = files.slice(0, MAX_SHOWN).map(({ fileName }) => fileName)
  const more = files.length > MAX_SHOWN ? ` and ${files.length - MAX_SHOWN} more` : ''
  const held = `the zip archive holds ${files.length} files (${shown.join(', ')}${more})`
  throw new FileError(`${name}: ${held}; one is expected. Unpack it and name the file to send.`)
}
