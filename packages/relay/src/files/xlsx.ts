import type { FileHandle } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { type CellValue, type StreamRow, streamXlsxRows } from 'hucre/xlsx'
import { FileError } from './errors.ts'
import type { Row } from './row.ts'
import { readTable, type Table } from './table.ts'
import { readZip } from './zip.ts'

const BATCH_ROWS = 500
const CHUNK_BYTES = 64 * 1024
/** A spreadsheet holds 15 digits of a number. What has more came in as a number and has lost its end. */
const SURE_DIGITS = 15

/** What is to be read of a workbook. */
export interface WorkbookPart {
  /** Name of a sheet, or its number from 1. Absent: the first that is not hidden. */
  readonly sheet?: string | undefined
  /** Called with the share of the workbook that was read. */
  readonly onBytes: (bytes: number) => void
}

/** Reads a sheet as a table whose cells are texts as a CSV would have them. Throws `FileError` for a sheet that is not there. */
export async function readXlsx(name: string, handle: FileHandle, part: WorkbookPart): Promise<Table> {
  const sheets = await sheetsOf(name, handle)
  const sheet = chosen(name, sheets, part.sheet)
  const rows = streamXlsxRows(ReadableStream.from(chunksOf(handle, part.onBytes)), { sheet: sheets.indexOf(sheet) })
  const table = await readTable(name, batches(name, rows))
  const others =
    sheets.length === 1
      ? ''
      : `, of ${sheets.length}: ${sheets.map((each) => `"${each.name}"`).join(', ')}; --sheet names another`
  const rest = sheets.filter((each) => each !== sheet && !each.isHidden)
  const isChosen = part.sheet !== undefined || rest.length === 0
  return {
    ...table,
    ...(isChosen ? {} : { rows: someOf(table.rows, name, sheet, rest) }),
    notes: () => [`sheet "${sheet.name}"${others}`, ...table.notes()],
  }
}

/** A cover before the table is not the table: without a row, nobody meant this sheet. */
async function* someOf(
  batches: Table['rows'],
  name: string,
  sheet: Sheet,
  rest: readonly Sheet[],
): AsyncGenerator<Row[]> {
  let count = 0
  for await (const batch of batches) {
    count += batch.length
    yield batch
  }
  if (count > 0) return
  const others = rest.map((each) => `--sheet "${each.name}"`).join(' or ')
  throw new FileError(`${name}: the sheet "${sheet.name}" has no rows. Name another one with ${others}.`)
}

interface Sheet {
  readonly name: string
  readonly isHidden: boolean
}

const SHEET = /<(?:\w+:)?sheet\s([^>]*)>/g

async function sheetsOf(name: string, handle: FileHandle): Promise<readonly Sheet[]> {
  const zip = await readZip(name, handle.fd)
  const xml = await textOf(await zip.open())
  return [...xml.matchAll(SHEET)].map(([, attributes = '']) => ({
    name: unescaped(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    isHidden: /\bstate="(?:hidden|veryHidden)"/.test(attributes),
  }))
}

function chosen(name: string, sheets: readonly Sheet[], wanted: string | undefined): Sheet {
  const sheet =
    wanted === undefined
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : (sheets.find((each) => each.name === wanted) ??
        sheets.find((each) => each.name.trim().toLowerCase() === wanted.trim().toLowerCase()) ??
        (/^[1-9]\d*$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined))
  if (sheet !== undefined) return sheet
  if (sheets.length === 0) throw new FileError(`${name}: the workbook has no sheet.`)
  const names = sheets.map((each) => `"${each.name}"`).join(', ')
  throw new FileError(`${name}: the workbook has no sheet "${wanted}". Its sheets: ${names}.`)
}

async function* chunksOf(handle: FileHandle, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    onBytes(position)
    yield buffer.subarray(0, bytesRead)
  }
}

async function* batches(name: string, rows: AsyncIterable<StreamRow>): AsyncGenerator<Row[]> {
  let batch: Row[] = []
  try {
    for await (const { index, values } of rows) {
      const cells = values.map(cellText)
      if (cells.every((cell) => cell.trim() === '')) continue
      batch.push({ line: index + 1, cells })
      if (batch.length < BATCH_ROWS) continue
      yield batch
      batch = []
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FileError(
      `${name}: the workbook cannot be read (${reason}). Save it again as .xlsx, or as "CSV UTF-8".`,
      {
        cause,
      },
    )
  }
  yield batch
}

function cellText(value: CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  return value instanceof Date ? dateText(value) : String(value)
}

/** As a spreadsheet shows it: 15 digits, so that 25.990000000000002 is 25.99. A longer number keeps the sign that it lost some. */
function numberText(value: number): string {
  const sure = Number(value.toPrecision(SURE_DIGITS))
  if (Math.abs(sure) >= 10 ** SURE_DIGITS) return sure.toExponential()
  const text = String(sure)
  return text.includes('e') ? sure.toFixed(SURE_DIGITS).replace(/0+$/, '') : text
}

/** A workbook's dates have no zone. Before 1900 lies what is a time of day only. */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const [day = '', clock = ''] = date.toISOString().replace('Z', '').split('T')
  const time = clock.replace('.000', '')
  if (day < '1900-01-01') return time
  return time === '00:00:00' ? day : `${day}T${time}`
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? all
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal))
  })
}
