import type { Report, Sample, Tally } from '../upload/tally.ts'
import { count, type Io, type Style, say, style } from './io.ts'

const FATES: readonly [keyof Report, Style, string][] = [
  ['delivered', 'green', 'delivered'],
  ['validated', 'green', 'valid'],
  ['queued', 'green', 'queued at the relay'],
  ['refused', 'red', 'refused'],
  ['failed', 'yellow', 'failed'],
]

/** What happened, for a person. */
export function saySummary(io: Io, tally: Tally): void {
  const { report } = tally
  say(io, `${count(report.rows, 'row')}, ${count(report.total, 'event')}, ${count(report.requests, 'request')}`)
  for (const [key, colour, words] of FATES) sayFate(io, report[key] as number | undefined, colour, words)
  const { duplicates, deliveredBefore = 0, leftOut } = report
  sayFate(io, deliveredBefore, 'gray', 'delivered by an earlier run (--fresh sends them again)')
  sayFate(io, duplicates - deliveredBefore, 'gray', 'repeated, counted once')
  sayFate(io, leftOut, 'gray', 'left out: no conversions')
  for (const sample of tally.faults()) saySample(io, sample, style(io, 'red', sample.code))
  for (const sample of tally.warnings()) saySample(io, sample, style(io, 'yellow', `warning: ${sample.code}`))
}

function sayFate(io: Io, number: number | undefined, colour: Style, words: string): void {
  if (number) say(io, `  ${style(io, colour, number.toLocaleString('en-US').padStart(7))}  ${words}`)
}

function saySample(io: Io, { count: times, message, hint, places }: Sample, title: string): void {
  const more = times > places.length ? ', …' : ''
  const word = /^\d+$/.test(places[0] ?? '') ? 'line ' : ''
  const where = places.length === 0 ? '' : `  (${word}${places.join(', ')}${more})`
  say(io, `\n  ${title} ×${times.toLocaleString('en-US')}${where}`)
  say(io, `    ${message}${hint ? ` ${style(io, 'gray', hint)}` : ''}`)
}
