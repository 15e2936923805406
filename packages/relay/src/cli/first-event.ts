import type { ContractSetting, WireEvent } from 'waybill'
import { DAY_MS, HOUR_MS, MINUTE_MS } from 'waybill/delivery'
import { createMapper, Grouper, knowledgeOf, Repeats, type Survey } from '../files/index.ts'
import { createJudge } from '../upload/checked.ts'
import { moneyText } from './money-text.ts'

export interface FirstEventOptions {
  readonly contract: ContractSetting
  readonly now: () => number
}

/** The first event of a file as it will be sent; `undefined` where none of the first rows gives one. */
export function firstEvent(survey: Survey, options: FirstEventOptions): WireEvent | undefined {
  const mapper = createMapper(survey.plan, survey)
  // The real ones take note of what they meet.
  const repeats = Repeats.kept(survey.repeats.size > MOST_REPEATS ? [] : survey.repeats.entries())
  const grouper = new Grouper(knowledgeOf({ ...survey, repeats }))
  const judge = createJudge(options)
  for (const candidates of [...survey.first.map((row) => () => grouper.push(mapper.map(row))), () => grouper.end()]) {
    for (const candidate of candidates()) {
      const judged = candidate.kind === 'event' ? judge.judge(candidate) : undefined
      if (judged?.kind === 'good') return judged.event
    }
  }
  return undefined
}

/** `order 1001 · 28 Nov 2026 15:04 UTC, 2 days ago · USD 30.00 · 2 items · email`. */
export function describeEvent(event: WireEvent, nowMs: number): string {
  const { id, type, timestamp_ms: atMs, user } = event
  const { amount, currency, contents } = event.data as {
    amount?: number
    currency?: string
    contents?: readonly unknown[]
  }
  const name = type === 'custom' ? event.custom_event_name! : (LABELS[type] ?? type)
  return [
    `${name} ${id}`,
    `${utc(atMs)}, ${ago(nowMs - atMs)}`,
    amount === undefined ? 'no amount' : moneyText(amount, currency ?? ''),
    ...(contents === undefined || contents.length === 0
      ? []
      : [`${contents.length} item${contents.length === 1 ? '' : 's'}`]),
    ...Object.keys(user ?? {}).map((key) => key.replace(/s?_sha256$/, '').replaceAll('_', ' ')),
  ].join(' · ')
}

const MOST_REPEATS = 10_000
const LABELS: Readonly<Record<string, string>> = { order_created: 'order', lead_created: 'lead' }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const AGES: readonly (readonly [ms: number, noun: string])[] = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
]

function utc(ms: number): string {
  const at = new Date(ms)
  const clock = at.toISOString().slice(11, 16)
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock} UTC`
}

function ago(ms: number): string {
  const [unitMs, noun] = AGES.find(([each]) => Math.abs(ms) >= each) ?? [0, '']
  if (unitMs === 0) return 'just now'
  const count = Math.floor(Math.abs(ms) / unitMs)
  const said = `${count} ${noun}${count === 1 ? '' : 's'}`
  return ms < 0 ? `in ${said}` : `${said} ago`
}
