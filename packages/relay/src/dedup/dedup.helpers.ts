import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { DAY_MS, HOUR_MS } from 'waybill/delivery'
import { tempFile, tempFolder } from '../files/files.helpers.ts'
import { type Mapping, type OpenFile, openFile } from '../files/index.ts'
import type { JsonObject } from '../files/row.ts'
import type { DedupReport } from './report.ts'
import type { RowClass } from './row-class.ts'
import { dedup } from './run.ts'

export { DAY_MS, HOUR_MS }

/** One line of the details. */
export interface Detail {
  readonly class: RowClass
  readonly pixel?: { readonly line: number; readonly id?: string }
  readonly server?: { readonly line: number; readonly id?: string }
  readonly other?: { readonly line: number }
  readonly reason?: string
}

export interface Compared {
  readonly report: DedupReport
  readonly details: readonly Detail[]
}

export interface CompareOptions {
  readonly maxApartMs?: number
  readonly pixel?: string
  readonly mapping?: Mapping
}

/** Compares two files whose text is given. */
export async function compareTexts(
  context: TestContext,
  pixel: readonly [name: string, text: string],
  server: readonly [name: string, text: string],
  options: CompareOptions = {},
): Promise<Compared> {
  const [ofPixel, ofServer] = [tempFile(context, ...pixel), tempFile(context, ...server)]
  return compareFiles(
    tempFolder(context),
    () => openFile(ofPixel),
    () => openFile(ofServer),
    options,
  )
}

/** Compares rows that never were in a file. */
export function compareRows(
  folder: string,
  pixel: readonly JsonObject[],
  server: readonly JsonObject[],
  options: CompareOptions = {},
): Promise<Compared> {
  return compareFiles(
    folder,
    async () => fileOf('pixel', pixel),
    async () => fileOf('server', server),
    options,
  )
}

async function compareFiles(
  folder: string,
  pixel: () => Promise<OpenFile>,
  server: () => Promise<OpenFile>,
  { maxApartMs = DAY_MS, pixel: pixelId, mapping }: CompareOptions,
): Promise<Compared> {
  const path = join(folder, 'details.ndjson')
  const report = await dedup(
    { pixel: { open: pixel, mapping }, server: { open: server, mapping } },
    { maxApartMs, details: path, pixel: pixelId, signal: new AbortController().signal },
  )
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return { report: report!, details: lines.map((line) => JSON.parse(line) as Detail) }
}

function fileOf(name: string, objects: readonly JsonObject[]): OpenFile {
  const rows = objects.map((object, at) => ({ line: at + 1, object }))
  return {
    name,
    format: 'ndjson',
    hasByteOrderMark: false,
    rows: (async function* () {
      yield rows
    })(),
    notes: () => [],
    bytesRead: () => 0,
    close: async () => {},
  }
}
