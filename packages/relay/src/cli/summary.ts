import type { ColumnPlan, OpenFile } from '../files/index.ts'
import type { Report, Sample, Tally } from '../upload/tally.ts'
import { count, type Io, say, style } from './io.ts'

/** Which columns were used, guessed and ignored, so that nobody is surprised by a mapping. */
export function sayColumns(io: Io, file: OpenFile, plan: Pick<ColumnPlan, 'used' | 'constants' | 'ignored'>): void {
  const guessed = plan.used.filter((column) => column.guessed)
  for (const { column, field } of guessed) say(io, `${style(io, 'cyan', 'guessed')}  column "${column}" is ${field}`)
  if (plan.ignored.length > 0) {
    say(io, `${style(io, 'gray', 'ignored')}  ${file.name}: ${plan.ignored.map((column) => `"${column}"`).join(', ')}`)
  }
}

const FATES: readonly [keyof Report, Parameters<typeof style>[1], string][] = [
  ['delivered', 'green', 'delivered'],
  ['validated', 'green', 'valid'],
  ['queued', 'green', 'queued at the relay'],
  ['refused', 'red', 'refused'],
  ['failed', 'yellow', 'failed'],
  ['duplicates', 'gray', 'said twice, counted once'],
]

/** What happened, for a person. */
export function saySummary(io: Io, tally: Tally): void {
  const { report } = tally
  say(io, `${count(report.rows, 'row')}, ${count(report.total, 'event')}, ${count(report.requests, 'request')}`)
  for (const [key, colour, words] of FATES) {
    const number = report[key] as number | undefined
    if (number) say(io, `  ${style(io, colour, number.toLocaleString('en-US').padStart(7))}  ${words}`)
  }
  for (const sample of tally.faults()) saySample(io, sample, 'red')
  for (const sample of tally.warnings()) saySample(io, sample, 'yellow')
}

function saySample(
  io: Io,
  { code, count: times, message, hint, places }: Sample,
  colour: Parameters<typeof style>[1],
): void {
  const more = times > places.length ? ', …' : ''
  const where = places.length === 0 ? '' : `  (line ${places.join(', ')}${more})`
  say(io, `\n  ${style(io, colour, code)} ×${times.toLocaleString('en-US')}${where}`)
  say(io, `    ${message}${hint ? ` ${style(io, 'gray', hint)}` : ''}`)
}
