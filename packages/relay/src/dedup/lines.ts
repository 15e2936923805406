import { HOUR_MS } from 'waybill/delivery'
import type { FindingSample } from './findings.ts'
import type { DedupReport, ReportedFinding, SideReport } from './report.ts'
import { CLASSES, type Cost, ROW_CLASSES } from './row-class.ts'
import { quoted, type ShownRow, visible } from './shown.ts'

export type Colour = 'red' | 'yellow' | 'green' | 'gray'
export type Paint = (colour: Colour, text: string) => string

const COLOURS: Readonly<Record<Cost, Colour>> = { twice: 'red', perhaps: 'yellow', none: 'gray' }
const COUNTED: Readonly<Record<Cost, string>> = {
  twice: ', counted twice',
  perhaps: ', perhaps counted twice',
  none: '',
}

/** The result for a person: a table of both sides, what it comes to, and each finding with examples and what to change. */
export function* reportLines(report: DedupReport, paint: Paint): Generator<string> {
  const { pixel, server } = report
  yield `${rowsOf(pixel)} of the pixel, ${rowsOf(server)} of the server`
  yield `  ${'pixel'.padStart(9)} ${'server'.padStart(9)}`
  for (const name of ROW_CLASSES) {
    const [ofPixel, ofServer] = [pixel.classes[name] ?? 0, server.classes[name] ?? 0]
    if (ofPixel + ofServer === 0) continue
    const { title, cost } = CLASSES[name]
    const colour = name === 'matched' ? 'green' : COLOURS[cost]
    yield `  ${paint(colour, `${cell(ofPixel)} ${cell(ofServer)}`)}  ${title}${COUNTED[cost]}`
  }
  yield ''
  yield* verdict(report)
  for (const finding of report.findings) yield* findingLines(finding, paint)
}

function rowsOf({ rows }: SideReport): string {
  return `${rows.toLocaleString('en-US')} row${rows === 1 ? '' : 's'}`
}

function cell(number: number): string {
  return (number === 0 ? '–' : number.toLocaleString('en-US')).padStart(9)
}

function* verdict({
  conversions,
  overlap,
  countedTwice,
  countedTwicePerhaps,
  ...report
}: DedupReport): Generator<string> {
  const matched = (report.pixel.classes.matched ?? 0).toLocaleString('en-US')
  if (overlap !== null) {
    const share = `${(Math.floor(overlap * 1_000) / 10).toFixed(1)}%`
    yield `overlap ${share}: ${matched} of ${conversions.toLocaleString('en-US')} conversions came by both and count once`
  }
  const perhaps = countedTwicePerhaps > 0 ? `, perhaps ${countedTwicePerhaps.toLocaleString('en-US')} more` : ''
  yield `counted twice: about ${countedTwice.toLocaleString('en-US')}${perhaps}`
  if (!report.comparesPixelIds) yield 'Pixel IDs were not compared: not every row says one. Name it with --pixel <id>.'
  if (overlap === 0 && countedTwice === 0 && report.pixel.rows > 0 && report.server.rows > 0)
    yield 'The sides have no key in common: look whether their ids come from one place at all.'
}

function* findingLines(
  { title, count, cost, advice, samples, spellings }: ReportedFinding,
  paint: Paint,
): Generator<string> {
  const how = Object.entries(spellings ?? {}).map(
    ([spelling, number]) => `${spelling} ${number.toLocaleString('en-US')}`,
  )
  const suffix = how.length === 0 ? '' : ` (${how.join(', ')})`
  yield ''
  yield `  ${paint(COLOURS[cost], title)} ×${count.toLocaleString('en-US')}${suffix}`
  for (const sample of samples) yield `    ${sampleText(sample)}`
  for (const sentence of advice) yield `    ${paint('gray', sentence)}`
}

function sampleText(sample: FindingSample): string {
  const { pixel, server, other, reason } = sample
  if (pixel !== undefined && server !== undefined) return pairText(pixel, server, sample)
  const side = pixel === undefined ? 'server' : 'pixel'
  const row = (pixel ?? server)!
  if (reason !== undefined) return `${side} line ${row.line}: ${visible(reason)}`
  const of =
    other === undefined
      ? ''
      : `, ${other.name === row.name ? 'first' : `also ${visible(other.name!)}`} on line ${other.line}`
  return `${side} line ${row.line}: ${quoted(row.id!)} ${visible(row.name!)}${of}`
}

/** What both say once, what they say differently as `pixel / server`. */
function pairText(pixel: ShownRow, server: ShownRow, { apartMs = 0, value }: FindingSample): string {
  const parts = [
    either(quoted(pixel.id!), quoted(server.id!)),
    either(visible(pixel.name!), visible(server.name!)),
    ...(pixel.pixel === server.pixel ? [] : [either(visible(pixel.pixel ?? '–'), visible(server.pixel ?? '–'))]),
    ...(value === undefined ? [] : [either(visible(pixel.value ?? '–'), visible(server.value ?? '–'))]),
    ...(Math.abs(apartMs) < HOUR_MS ? [] : [`${(Math.abs(apartMs) / HOUR_MS).toFixed(1)} h apart`]),
  ]
  return `${parts.join('  ')}  (lines ${pixel.line} / ${server.line})`
}

function either(one: string, other: string): string {
  return one === other ? one : `${one} / ${other}`
}
