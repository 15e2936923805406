import type { Cause, Verdict, WaitingFor } from './facts.ts'

/** The sentence in English, for the command line, `status` and chats. The page words the same verdict in the reader's language. */

export interface Telling {
  readonly timeZone: string
  readonly nowMs: number
  /** Accepted in the range, and how it went: for a day on which all is well. */
  readonly accepted: number
  readonly delivered: number
  readonly fromMs: number
}

const numberOf = (value: number): string => value.toLocaleString('en-US')

/** What the verdict says first, in one sentence. */
export function sentenceOf<Told extends Verdict>({ causes, enoughDays }: Told, telling: Telling): string {
  const [first, ...others] = causes
  if (first === undefined) return allWell(telling, enoughDays)
  const more = others.length === 0 ? '' : ` And ${others.length === 1 ? 'one more thing' : `${others.length} more`}.`
  return `${TOLD[first.kind](first, telling)}${more}`
}

/** One cause in a sentence of its own. */
export function causeInWords(cause: Cause, telling: Telling): string {
  return TOLD[cause.kind](cause, telling)
}

function allWell({ accepted, delivered, fromMs, ...telling }: Telling, enoughDays: boolean): string {
  const since = clock(fromMs, telling)
  const days = enoughDays ? '' : ' Not enough days yet to say whether more or fewer came than usual.'
  if (accepted === 0) return `Nothing was accepted since ${since}, and nothing waits.${days}`
  const rest = accepted - delivered
  const part =
    rest <= 0
      ? `All ${numberOf(accepted)} accepted since ${since} were delivered`
      : `${numberOf(delivered)} of ${numberOf(accepted)} accepted since ${since} were delivered`
  return `${part}; reports lag 24–48 h.${days}`
}

const TOLD: Readonly<Record<Cause['kind'], (cause: Cause, telling: Clock) => string>> = {
  fewer_came: (cause, telling) =>
    `${subject(cause)} brought ${cause.percent}% fewer ${period(cause, telling)} (${numberOf(cause.events)} missing); nothing of them was refused${afterMark(cause)}.`,
  more_refused: (cause, telling) =>
    `${numberOf(cause.events)} refused ${period(cause, telling)} (${cause.code}), ${origin(cause)}${afterMark(cause)}.`,
  waiting: (cause, telling) =>
    `${numberOf(cause.events)} wait since ${clock(cause.sinceMs, telling)}: ${WHY[cause.why ?? 'rate'](cause)}${loss(cause, telling)}.`,
  delivered_reported_later: (cause, telling) =>
    `${numberOf(cause.events)} waited ${period(cause, telling)} and were delivered later; reports lag 24–48 h${afterMark(cause)}.`,
  no_events_yet: () => 'No event yet.',
}

const WHY: Readonly<Record<WaitingFor, (cause: Cause) => string>> = {
  held: ({ pixel, code }) => `${pixel === null ? 'several pixels are' : `pixel ${pixel} is`} held (${code})`,
  shape_held: ({ pixel, code }) =>
    `a shape of ${pixel === null ? 'several pixels' : `pixel ${pixel}`} is held (${code})`,
  outage: ({ pixel, code }) => `requests${pixel === null ? '' : ` of pixel ${pixel}`} fail (${code})`,
  rate: ({ pixel }) => `more comes than${pixel === null ? '' : ` pixel ${pixel}`} may be sent`,
  clock: () => 'nobody knows what time it is',
}

type Clock = Pick<Telling, 'timeZone' | 'nowMs'>

function subject({ source, pixel }: Cause): string {
  if (source !== null) return pixel === null ? source : `${source} (pixel ${pixel})`
  return pixel === null ? 'All sources together' : `Pixel ${pixel}`
}

function origin({ source, percent, pixel }: Cause): string {
  const where = pixel === null ? '' : `, pixel ${pixel}`
  return source === null ? `from several sources${where}` : `${percent}% from ${source}${where}`
}

const afterMark = ({ mark }: Cause): string => (mark === null ? '' : `, first seen at the mark “${mark.text}”`)
const loss = ({ lostFromMs }: Cause, telling: Clock): string =>
  lostFromMs === null ? '' : `; the first is lost at ${clock(lostFromMs, telling)}`

function period({ sinceMs, untilMs }: Cause, telling: Clock): string {
  const isOver = telling.nowMs - untilMs >= 60_000
  return isOver ? `from ${clock(sinceMs, telling)} to ${clock(untilMs, telling)}` : `since ${clock(sinceMs, telling)}`
}

/** The time of day; with its date where it is another day. */
function clock(atMs: number, { timeZone, nowMs }: Clock): string {
  const day = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(ms)
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(atMs)
  return day(atMs) === day(nowMs) ? time : `${day(atMs)} ${time}`
}
