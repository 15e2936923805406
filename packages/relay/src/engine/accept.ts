import {
  type CheckResult,
  type ContractSetting,
  check,
  type Issue,
  issue,
  MAX_AGE_MS,
  MAX_AHEAD_MS,
  meansNothing,
  redact,
  type WireEvent,
} from 'waybill'
import { DAY_MS, isObject, MINUTE_MS } from 'waybill/delivery'
import {
  type Acceptance,
  type ContextKey,
  type FirstArrival,
  isPassing,
  type NewEvent,
  type Store,
  StoreAwayError,
} from '../store/index.ts'
import { dueMsOf } from './due.ts'
import { type Difference, differenceOf, originOf, type Provenance } from './origin.ts'
import { createShapeMemo } from './shape-memo.ts'

/** Events of the future are kept until they enter the API's window, but not from further ahead than a day. */
export const MAX_KEPT_AHEAD_MS: number = DAY_MS

/** Half a surrogate pair: no text on disk could hold it, and two such ids would become one. */
const HALF_CHARACTER = /\p{Surrogate}/u
/** An id is the key of its account, and stands in each answer and list. */
export const MAX_ID_BYTES = 1_024
/** Names are kept once for good: what is no name of the API is kept as far as it can be read. */
const MAX_KEPT_NAME = 128
/** An event with thousands of faults is told the first hundred. */
const MAX_KEPT_ISSUES = 100
const shapeOf = createShapeMemo()

export interface Arrival {
  readonly pixel: string
  /** `auto`: each event by the generation that says all of its user. */
  readonly contract: ContractSetting
  readonly events: readonly unknown[]
  /** For each event its JSON, where that is known to be what `JSON.stringify` would write. A list of another length counts for nothing. */
  readonly texts?: readonly (string | undefined)[] | undefined
  /** For each event the place of a number that JavaScript could not hold when it was read. A list of another length counts for nothing. */
  readonly lostNumbers?: readonly (string | undefined)[] | undefined
  /** Who brought them. */
  readonly source: string
  /** What a malformed `user` field does. Default `refuse`; intake says what its pixel is set to, all others `drop`. */
  readonly invalidIdentity?: 'refuse' | 'drop'
  /** For each event, the keys under which its context may be kept; it is joined when the event is sent. */
  readonly contexts?: readonly (readonly ContextKey[])[]
  /** For each event, warnings of whoever made it, and where it comes from. */
  readonly provenances?: readonly (Provenance & { readonly warnings: readonly Issue[] })[]
  /** What has less time left is refused at once. Default 0; the engine's own is 5 s, unless its clock is in doubt. */
  readonly leastTimeLeftMs?: number
  /** Nobody knows for certain what time it is: nothing is refused for its time but what no clock explains. Default `false`. */
  readonly isTimeInDoubt?: boolean
  /** A larger wire event is refused, in UTF-8 bytes. Default: none is. */
  readonly maxEventBytes?: number
}

/** Events that were judged, as they are to be kept. */
export interface Judged extends Pick<Arrival, 'pixel' | 'source'> {
  readonly events: readonly NewEvent[]
  /** When, Unix milliseconds. */
  readonly nowMs: number
}

/** What intake answers for one event. */
export interface IntakeResult {
  readonly index: number
  readonly id: string
  readonly status: 'accepted' | 'duplicate' | 'conflict' | 'refused'
  readonly issues: readonly Issue[]
  /** Of a `conflict`: what makes it another conversion than the earlier one; `undefined` where only the content differs. */
  readonly difference?: Difference | undefined
  /** Of a `duplicate` or a `conflict`: where the earlier event stands, and why. */
  readonly first?: Pick<FirstArrival, 'state' | 'code'>
}

/** Judges arrivals: each as it is to be kept, the refused ones included. */
export function judgeEvents(arrival: Arrival, nowMs: number): NewEvent[] {
  const { events, pixel, source, contexts, provenances } = arrival
  const texts = arrival.texts?.length === events.length ? arrival.texts : undefined
  const lost = lostNumbersOf(arrival)
  return events.map((input, at) => {
    const judged = judge(input, arrival, nowMs, { text: texts?.[at], lostNumber: lost?.[at] })
    const provenance = provenances?.[at]
    const known = provenance === undefined ? judged : withProvenance(judged, provenance, nowMs)
    const event: NewEvent = { ...known, pixel, source }
    return contexts?.[at]?.length ? { ...event, contexts: contexts[at] } : event
  })
}

/** What a source knows of an event. One that waits is not due before its time, and never later than it must be sent. */
function withProvenance(
  judged: Verdict,
  { warnings, ...provenance }: Provenance & { readonly warnings: readonly Issue[] },
  nowMs: number,
): Verdict {
  const issues = [...judged.issues, ...warnings].slice(0, MAX_KEPT_ISSUES)
  const { waitMs, sameAs } = provenance
  if (judged.state === 'refused') return { ...judged, issues, sameAs }
  const origin = originOf(JSON.parse(judged.wire) as WireEvent, provenance)
  return {
    ...judged,
    issues,
    origin,
    sameAs,
    ...(waitMs !== undefined && { dueMs: Math.max(judged.dueMs ?? 0, nowMs + waitMs) }),
  }
}

/** Keeps what was judged. Resolves when it is on disk. */
export function keepEvents(store: Store, judged: Judged, again: Again): Promise<IntakeResult[]> {
  const { events, nowMs } = judged
  const results = (acceptances: readonly Acceptance[]): IntakeResult[] =>
    events.map((event, index) => resultOf(index, event, acceptances[index]!))
  // One step less for each request than a `catch` before the `then`.
  return store
    .accept(events, nowMs)
    .then(results, (error: unknown) => acceptAgain(store, judged, { ...again, error }).then(results))
}

/** Waiting before a repeat, and whether somebody still wants it. */
export interface Again {
  readonly sleep: (ms: number) => Promise<void>
  readonly isStopping: () => boolean
}

/** When a call is repeated of which nobody knows whether it was committed. After that whoever brought the events is told to come again. */
const REPEAT_AFTER_MS = [100, 400, 1_500] as const

/** Repeats under the rows of the first try, so that what it kept is not told to be a duplicate of itself. */
async function acceptAgain(
  store: Pick<Store, 'accept'>,
  { events, nowMs }: Judged,
  { error, sleep, isStopping }: Again & { readonly error: unknown },
): Promise<readonly Acceptance[]> {
  const rows = error instanceof StoreAwayError ? error.rows : undefined
  if (rows === undefined) throw error
  let last = error
  for (const waitMs of REPEAT_AFTER_MS) {
    if (isStopping()) break
    await sleep(waitMs)
    try {
      return await store.accept(events, nowMs, rows)
    } catch (next) {
      if (!isPassing(next)) throw next
      last = next
    }
  }
  throw last
}

type Verdict = Omit<NewEvent, 'pixel' | 'source'>
/** A good event as a store keeps it, as far as the event itself says it. */
export type KeptForm = Omit<Verdict, 'state'>

/** The checks of intake without keeping anything: for `validate_only`. */
export function judgeOnly(arrival: Arrival, nowMs: number): IntakeResult[] {
  const lost = lostNumbersOf(arrival)
  return arrival.events.map((input, index) => {
    const { id = '', state, issues } = judge(input, arrival, nowMs, { lostNumber: lost?.[index] })
    return { index, id, status: state === 'refused' ? 'refused' : 'accepted', issues }
  })
}

function lostNumbersOf({ lostNumbers, events }: Arrival): Arrival['lostNumbers'] {
  return lostNumbers?.length === events.length ? lostNumbers : undefined
}

/** What is known of an event beside its value. */
interface AsRead {
  readonly text?: string | undefined
  readonly lostNumber?: string | undefined
}

function judge(input: unknown, arrival: Arrival, nowMs: number, { text, lostNumber }: AsRead): Verdict {
  const {
    contract,
    invalidIdentity = 'refuse',
    maxEventBytes = Number.POSITIVE_INFINITY,
    leastTimeLeftMs = 0,
  } = arrival
  const isTimeInDoubt = arrival.isTimeInDoubt === true
  let result: CheckResult
  try {
    const now = isTimeInDoubt ? explainingTime(input, nowMs) : nowMs
    result = check(input, { now, contract, invalidIdentity, maxAheadMs: MAX_KEPT_AHEAD_MS, leastTimeLeftMs })
  } catch {
    result = { ok: false, issues: [issue('unreadable_event', '')] }
  }
  if (!result.ok) return bad(input, result.issues)
  const { event, warnings } = result
  if (HALF_CHARACTER.test(event.id))
    return bad(input, [issue('not_json', 'id', { message: 'The id holds half a character.' })])
  if (isLongId(event.id)) return bad(input, [issue('id_too_long', 'id')])
  if (lostNumber !== undefined) return bad(input, [issue('inexact_number', lostNumber)])
  // When it is due would come from a clock in doubt; whether it may leave is asked when it leaves.
  const dueFromMs = isTimeInDoubt ? Number.POSITIVE_INFINITY : nowMs
  const judged = keptForm(event, warnings, dueFromMs, event === input ? text : undefined)
  return Buffer.byteLength(judged.wire) > maxEventBytes ? bad(input, [issue('event_too_large', '')]) : judged
}

/** No clock that runs is further off. What lies further away is a wrong unit, or no time at all. */
const MOST_EXPLAINED_MS = 400 * DAY_MS
/** So near to the end the time left would be judged by the clock that is in doubt. */
const NEAR_EDGE_MS = 10 * MINUTE_MS

/** The time at which the event would be inside its window, where some clock could explain that; else the machine's. */
function explainingTime(input: unknown, nowMs: number): number {
  const { timestamp_ms, timestamp } = (input ?? {}) as { timestamp_ms?: unknown; timestamp?: unknown }
  const given = timestamp_ms ?? timestamp
  const timeMs = typeof given === 'number' ? given : given instanceof Date ? given.getTime() : Date.parse(String(given))
  const ageMs = nowMs - timeMs
  if (!Number.isFinite(timeMs) || timeMs <= 0 || Math.abs(ageMs) > MOST_EXPLAINED_MS) return nowMs
  return ageMs > MAX_AGE_MS - NEAR_EDGE_MS || ageMs < -MAX_KEPT_AHEAD_MS ? Math.floor(timeMs) : nowMs
}

/** A good event as the store keeps it: at intake, and where an operator fixes one. `wire`: its JSON, where that is known. */
export function keptForm(
  event: WireEvent,
  warnings: readonly Issue[],
  nowMs: number,
  wire: string = JSON.stringify(event),
): KeptForm {
  const timestampMs = event.timestamp_ms
  const { amount, currency } = moneyOf(event)
  const form: KeptForm = {
    amount,
    currency,
    name: nameOf(event),
    id: event.id,
    wire,
    shape: shapeOf(event),
    timestampMs,
    issues: warnings.slice(0, MAX_KEPT_ISSUES),
  }
  if (timestampMs - MAX_AHEAD_MS <= nowMs) return form
  const issues = [...form.issues, issue('waits_for_its_time', 'timestamp_ms')]
  return { ...form, issues, dueMs: dueMsOf(timestampMs) }
}

/** Kept without what is personal in it, so that it can be seen, fixed and replayed. */
function bad(input: unknown, issues: readonly Issue[]): Verdict {
  const safe = redact(input)
  const wire = JSON.stringify(safe)
  const fields = (safe ?? {}) as Readonly<Record<string, unknown>>
  const id = keyOf(fields['id'])
  const timestampMs = Number.isSafeInteger(fields['timestamp_ms']) ? (fields['timestamp_ms'] as number) : 0
  return {
    name: nameOf(fields).slice(0, MAX_KEPT_NAME),
    id,
    wire,
    shape: '',
    timestampMs,
    ...moneyOf(fields),
    issues: issues.slice(0, MAX_KEPT_ISSUES),
    state: 'refused',
  }
}

/** Minor units, of a currency that looks like one: counted with the event, also where it is refused. */
export function moneyOf({ data }: { readonly data?: unknown }): Pick<NewEvent, 'amount' | 'currency'> {
  if (typeof data !== 'object' || data === null) return {}
  const { amount, currency } = data as { readonly amount?: unknown; readonly currency?: unknown }
  if (!Number.isSafeInteger(amount) || typeof currency !== 'string' || !CURRENCY.test(currency)) return {}
  return { amount: amount as number, currency }
}

const CURRENCY = /^[A-Z]{3}$/

function isLongId(id: string): boolean {
  return id.length > MAX_ID_BYTES || (id.length * 3 > MAX_ID_BYTES && Buffer.byteLength(id) > MAX_ID_BYTES)
}

/** What is no id is none here either: such events are kept one by one, never as repeats of each other. */
function keyOf(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' && id !== '[removed]' && !isLongId(id) && !meansNothing(id)
    ? id
    : undefined
}

function nameOf(event: { type?: unknown; custom_event_name?: unknown }): string {
  if (event.type === 'custom')
    return `custom:${typeof event.custom_event_name === 'string' ? event.custom_event_name : ''}`
  return typeof event.type === 'string' ? event.type : ''
}

function resultOf(index: number, judged: Verdict, acceptance: Acceptance): IntakeResult {
  const id = judged.id ?? ''
  if (judged.state === 'refused' && !isOtherName(judged, acceptance))
    return { index, id, status: 'refused', issues: judged.issues }
  if (acceptance.status === 'accepted') return { index, id, status: 'accepted', issues: judged.issues }
  const { first } = acceptance
  const known =
    judged.origin === undefined || first.origin === undefined
      ? undefined
      : { first: first.origin, second: judged.origin }
  const difference = known && differenceOf(known.first, known.second)
  const isSameShop = known?.first.shop !== undefined && known.first.shop === known.second.shop
  // A shop that tells of its own order again tells nothing new, whatever changed of it.
  const status = difference !== undefined ? 'conflict' : isSameShop ? 'duplicate' : acceptance.status
  const issues = status === 'duplicate' ? endIssues(first) : [conflictIssue(first.wire, judged.wire, difference)]
  return { index, id, status, issues, difference, first: { state: first.state, code: first.code } }
}

/** What is refused and yet a repeat of what lives on is kept under another of its names. */
function isOtherName({ sameAs }: Verdict, acceptance: Acceptance): boolean {
  return sameAs !== undefined && acceptance.status === 'duplicate' && endIssues(acceptance.first).length === 0
}

/** Where the first arrival ended without a delivery, its repeat is told how. */
function endIssues(first: Extract<Acceptance, { first: unknown }>['first']): readonly Issue[] {
  if (first.state !== 'refused' && first.state !== 'expired' && first.state !== 'discarded') return []
  const message = `The first arrival ended ${first.state}${first.message ? `: ${first.message}` : '.'}`
  return [{ code: first.code ?? first.state, path: '', message, severity: 'error' }, ...first.issues]
}

const DIFFERENT: Readonly<Record<Difference, string>> = {
  shop: 'An earlier event of another shop has the same id and type. Give each shop ids of its own: docs/sources.md, "Two shops".',
  currency: 'An earlier event has the same id and type but another currency; the first one counts.',
  buyer: 'An earlier event has the same id and type but another buyer; the first one counts.',
}

/** Says which fields differ, never how. */
function conflictIssue(first: string | undefined, second: string, difference: Difference | undefined): Issue {
  if (difference !== undefined) return { ...issue('conflicting_repeat', ''), message: DIFFERENT[difference] }
  const differing = first === undefined ? [] : differingFields(JSON.parse(first), JSON.parse(second))
  const message =
    differing.length === 0
      ? 'An earlier event has the same id and type but other content; the first one counts.'
      : `An earlier event has the same id and type but differs in ${differing.join(', ')}; the first one counts.`
  return { ...issue('conflicting_repeat', ''), message }
}

/** Names of the fields in which two events differ; a list counts as one. */
export function differingFields(first: unknown, second: unknown, path: string = ''): string[] {
  if (JSON.stringify(first) === JSON.stringify(second)) return []
  if (!isObject(first) || !isObject(second)) return [path]
  const keys = new Set([...Object.keys(first), ...Object.keys(second)])
  return [...keys].flatMap((key) => differingFields(first[key], second[key], path === '' ? key : `${path}.${key}`))
}
