import type { Doubt, Survey } from '../files/index.ts'
import { describeEvent, type FirstEventOptions, firstEvent } from './first-event.ts'
import { count, type Io, type Style, say, style } from './io.ts'

const HOW: Readonly<Record<'map' | 'name' | 'guess', readonly [Style, string]>> = {
  map: ['green', 'mapped '],
  name: ['green', 'column '],
  guess: ['cyan', 'guessed'],
}
const MOST_IGNORED = 12
const MOST_VALUES = 6

/** What a file will be read as: which column is what, what is left out, and the first event as it will be sent. */
export function sayPlan(io: Io, file: string, survey: Survey, options: FirstEventOptions): void {
  const line = (colour: Style, label: string, text: string): void =>
    say(io, `${style(io, colour, label)}  ${file}: ${text}`)
  for (const note of survey.notes) line('gray', 'read   ', note)
  sayKnown(survey, line)
  const { plan } = survey
  for (const { column, field, by } of plan.used) line(...HOW[by], `column "${column}" is ${field}`)
  for (const { field, value } of plan.constants) line('green', 'mapped ', `${field} is always ${value}`)
  if (plan.items !== undefined) line('green', 'mapped ', `the items are in "${plan.items.each}"`)
  if (plan.ignored.length > 0) line('gray', 'ignored', listedColumns(plan.ignored))
  for (const name of survey.absent) line('yellow', 'absent ', `no row has "${name}", which the map names`)
  sayRows(survey, line)
  sayMissing(survey, line)
  sayFirst(io, survey, options)
}

/** What has to be said before anything is sent, each with the line of a map that says it. */
export function sayDoubts(io: Io, file: string, doubts: readonly Doubt[]): void {
  const fates = doubts.filter(({ code }) => code === 'ambiguous_status')
  for (const doubt of doubts) {
    say(io, `${style(io, 'yellow', 'asks   ')}  ${file}: ${doubt.message}`)
    if (!fates.includes(doubt) || fates.length === 1) sayLines(io, doubt.lines)
    else if (doubt === fates.at(-1)) sayLines(io, together(fates))
  }
}

function sayLines(io: Io, lines: readonly string[]): void {
  if (lines.length > 0) say(io, `           in a map (--map): ${lines.join('  or  ')}`)
}

/** One `where` for all columns that say what became of a row: a map has no two. */
function together(fates: readonly Doubt[]): string[] {
  const where = Object.assign({}, ...fates.map((doubt) => doubt.offered ?? {})) as Record<string, unknown>
  const columns = fates.flatMap(({ column }) => column ?? [])
  const ignore = `"ignore": ${JSON.stringify(columns)}`
  return Object.keys(where).length === 0 ? [ignore] : [`"where": ${JSON.stringify(where)}`, ignore]
}

type Line = (colour: Style, label: string, text: string) => void

function sayKnown({ known }: Survey, line: Line): void {
  if (known === undefined) return
  line('cyan', 'known  ', `this is ${known.title}; the map that comes with waybill is used (docs/exports.md)`)
  for (const note of known.notes ?? []) line('gray', 'note   ', note)
}

function sayRows(survey: Survey, line: Line): void {
  const { statuses, leftOut, wholeEvents } = survey
  if (wholeEvents > 0)
    line('green', 'whole  ', `${count(wholeEvents, 'row')} stand as whole events and are sent as they are`)
  for (const { column, values } of statuses) {
    const shown = [...values].slice(0, MOST_VALUES).map(([value, times]) => `${value} ${times.toLocaleString('en-US')}`)
    line('gray', 'status ', `"${column}" says ${shown.join(', ')}${values.size > MOST_VALUES ? ', …' : ''}`)
  }
  const reasons = [...leftOut].map(([why, rows]) => `${why} ${rows.toLocaleString('en-US')}`)
  const rows = [...leftOut.values()].reduce((sum, each) => sum + each, 0)
  if (rows > 0) line('yellow', 'left out', `${count(rows, 'row')}: ${reasons.join(', ')}`)
  sayAmounts(survey, line)
}

function sayAmounts({ plan, isAmountOfLines, ordersWithoutAmount }: Survey, line: Line): void {
  const amount = plan.steps.find(({ field }) => field.part === 'data' && field.key === 'amount')
  if (amount === undefined) return
  if (isAmountOfLines)
    line(
      'yellow',
      'amount ',
      `"${amount.column}" differs within orders, so it looks like the amount of each line; orders of several lines are refused`,
    )
  if (ordersWithoutAmount > 0)
    line(
      'yellow',
      'amount ',
      `"${amount.column}" is empty in ${count(ordersWithoutAmount, 'order')}, and the value of a conversion cannot be added later`,
    )
}

function sayMissing({ plan, wholeEvents, rows, doubts }: Survey, line: Line): void {
  if (rows === wholeEvents) return
  const asked = new Set(doubts.map(({ about }) => about))
  const hasAmount = plan.steps.some(({ field }) => field.part === 'data' && field.key === 'amount')
  if (!hasAmount && !asked.has('amount') && !asked.has('type'))
    line(
      'yellow',
      'amount ',
      'no column gives an amount, and the value of a conversion cannot be added later. Name it with --map if there is one.',
    )
}

function sayFirst(io: Io, survey: Survey, options: FirstEventOptions): void {
  // What is still asked would be shown as if it were known.
  if (survey.first.length === 0 || survey.doubts.length > 0) return
  const event = firstEvent(survey, options)
  if (event === undefined) say(io, `first: none of the first ${count(survey.first.length, 'row')} can be sent`)
  else say(io, `first: ${describeEvent(event, options.now())}`)
}

function listedColumns(columns: readonly string[]): string {
  const shown = columns.slice(0, MOST_IGNORED).map((column) => `"${column}"`)
  const more = columns.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`
}
