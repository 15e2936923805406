import { check, type InvalidIdentity } from '../contract/check.ts'
import type { WireEvent } from '../contract/event.ts'
import type { EventInput } from '../contract/friendly-event.ts'
import { type Issue, issue } from '../contract/issue.ts'
import type { ContractSetting } from '../contract/names.ts'
import { redact } from '../contract/redact.ts'
import { isWaybillError } from '../errors.ts'
import { MAX_EVENT_BYTES } from './rules.ts'
import { askOf, type Transaction } from './transaction.ts'

/** The pixel, and the event for it in either form; or what `conversion` of `waybill/pixel` made for both channels. */
export type Conversion =
  | (EventInput & { readonly pixelId: string })
  | { readonly pixelId: string; readonly serverEvent: WireEvent }

export interface EnqueueOptions {
  /** The generation of the API's contract. Default `auto`: the one that says all of the event's user; the relay translates it. */
  readonly contract?: ContractSetting | undefined
  /** What a malformed value of `user` does. Default `drop`: it is left out with a warning, and the conversion is kept. */
  readonly invalidIdentity?: InvalidIdentity | undefined
  /** The time to judge by, Unix milliseconds. Default: the clock of this machine. */
  readonly now?: number | undefined
}

/**
 * What became of one conversion. `refused`: the relay will refuse it for the errors among `issues`; it is kept all the same, so that there
 * is an account of it.
 */
export interface Enqueued {
  /** The event's id; `undefined` where it has none that can be read. */
  readonly id: string | undefined
  /** `enqueued`: it goes out if the transaction commits. `refused`: it was not written, and `issues` says why. */
  readonly status: 'enqueued' | 'refused'
  /** Why it was refused, and warnings. */
  readonly issues: readonly Issue[]
}

/** The relay keeps events of the future until they enter the API's window. */
const MAX_AHEAD_MS = 24 * 60 * 60 * 1_000
const ONE = 'select waybill.enqueue($1::text, $2::text) as enqueued'
const MANY = 'select waybill.enqueue_many($1::text, $2::text) as enqueued'
/** A list of so many is one call. */
const MAX_LIST = 100
const MAX_LIST_BYTES = 512 * 1_024

/**
 * Keeps a conversion in the transaction that saves the order: it is delivered if and only if that commits. Checked and hashed here, so that
 * nothing raw reaches the database. Whatever the event is, the transaction goes on; rejects only where the database does.
 */
export async function enqueue(
  tx: Transaction,
  conversion: Conversion,
  options: EnqueueOptions = {},
): Promise<Enqueued> {
  const ask = askOf(tx)
  const { pixelId, text, enqueued } = prepare(conversion, options)
  await ask(ONE, [pixelId, text])
  return enqueued
}

/** Keeps many conversions, in as few calls as there may be; gives one outcome for each, in their order. */
export async function enqueueMany(
  tx: Transaction,
  conversions: readonly Conversion[],
  options: EnqueueOptions = {},
): Promise<Enqueued[]> {
  const ask = askOf(tx)
  const prepared = conversions.map((conversion) => prepare(conversion, options))
  for (const { pixelId, texts } of listsOf(prepared)) await ask(MANY, [pixelId, `[${texts.join(',')}]`])
  return prepared.map(({ enqueued }) => enqueued)
}

interface Prepared {
  readonly pixelId: string
  readonly text: string
  readonly enqueued: Enqueued
}

/** Never throws for what a conversion holds: what cannot be read is kept as such. */
function prepare(conversion: Conversion, options: EnqueueOptions): Prepared {
  try {
    const { pixelId, ...event } = conversion as EventInput & { readonly pixelId: string }
    return { pixelId: String(pixelId ?? ''), ...judged('serverEvent' in event ? event.serverEvent : event, options) }
  } catch (error) {
    if (isWaybillError(error)) throw error
    const issues = [issue('unreadable_event', '')]
    return { pixelId: '', text: 'unreadable', enqueued: { id: undefined, status: 'refused', issues } }
  }
}

function judged(event: unknown, options: EnqueueOptions): Omit<Prepared, 'pixelId'> {
  const { now = Date.now(), contract = 'auto', invalidIdentity = 'drop' } = options
  const result = check(event, { now, contract, invalidIdentity, maxAheadMs: MAX_AHEAD_MS })
  const text = asciiOf(result.ok ? result.event : redact(event))
  const { id } = (event ?? {}) as { readonly id?: unknown }
  const found = result.ok ? result.warnings : result.issues
  const isTooLarge = text.length > MAX_EVENT_BYTES
  const enqueued: Enqueued = {
    id: typeof id === 'string' ? id : undefined,
    status: result.ok && !isTooLarge ? 'enqueued' : 'refused',
    issues: isTooLarge ? [...found, issue('event_too_large', '')] : found,
  }
  return { text, enqueued }
}

/** Neighbours of one pixel go together. */
function listsOf(prepared: readonly Prepared[]): { readonly pixelId: string; readonly texts: string[] }[] {
  const lists: { readonly pixelId: string; readonly texts: string[]; bytes: number }[] = []
  for (const { pixelId, text } of prepared) {
    const last = lists.at(-1)
    const fits = last !== undefined && last.texts.length < MAX_LIST && last.bytes + text.length <= MAX_LIST_BYTES
    if (fits && last.pixelId === pixelId) {
      last.texts.push(text)
      last.bytes += text.length
    } else lists.push({ pixelId, texts: [text], bytes: text.length })
  }
  return lists
}

/** JSON that any database can hold, whatever its encoding: everything beyond ASCII is written as an escape. */
function asciiOf(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
