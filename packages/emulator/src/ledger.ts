import type { FaultKind } from './faults.ts'
import type { Keep } from './options.ts'

/** An event as it was sent. Under `keep: 'ledger'` only `id`, `type` and `custom_event_name`. */
export interface WireEvent {
  readonly id: string
  readonly type: string
  readonly custom_event_name?: string
  readonly [key: string]: unknown
}

export type Channel = 'server' | 'image'

/** One conversion: the first event of its key, the channels it came by in order, and in how many accepted requests. */
export interface StoredEvent {
  readonly event: WireEvent
  readonly channels: readonly Channel[]
  readonly received: number
}

/** Counters since the start or the last reset. */
export interface Summary {
  /** POST and image requests that arrived, whatever became of them. */
  readonly requests: number
  /** Of these, answered 4xx because of the request or its events. */
  readonly rejected_requests: number
  /** Of these, with `validate_only: true`. */
  readonly validate_requests: number
  /** Distinct conversions. */
  readonly stored: number
  /** Sum over the stored of received − 1. */
  readonly duplicates: number
}

/** One request that arrived. `status` is null while it is not answered, and for ever where it never is. */
export interface RequestRecord {
  /** The answer's `x-request-id`. */
  readonly id: string
  readonly at: string
  readonly pid: string | null
  readonly channel: Channel
  status: number | null
  fault: FaultKind | null
  /** Events in the body; null where it could not be read. */
  events: number | null
  validate_only: boolean
  /** Names of the request's headers. */
  readonly headers: readonly string[]
}

interface Entry {
  readonly pid: string
  readonly event: WireEvent
  readonly channels: Channel[]
  received: number
  lastRequestId: string
}

/** Where stored events come from. */
export interface Origin {
  readonly id: string
  readonly pid: string
  readonly channel: Channel
}

const MAX_RECORDS = 1000
const ZERO: Summary = { requests: 0, rejected_requests: 0, validate_requests: 0, stored: 0, duplicates: 0 }

/** What the emulator received. Stored events belong to it: the caller must not change them afterwards. */
export class Ledger {
  readonly #keep: Keep
  readonly #entries: Map<string, Entry> = new Map()
  readonly #records: RequestRecord[] = []
  readonly #counts = { ...ZERO }

  constructor(keep: Keep) {
    this.#keep = keep
  }

  /** The record may be completed by the caller later. */
  arrive(record: RequestRecord): void {
    this.#counts.requests += 1
    if (this.#keep !== 'all') return
    this.#records.push(record)
    if (this.#records.length > MAX_RECORDS) this.#records.shift()
  }

  countRejected(): void {
    this.#counts.rejected_requests += 1
  }

  countValidateOnly(): void {
    this.#counts.validate_requests += 1
  }

  store(events: readonly WireEvent[], origin: Origin): void {
    if (this.#keep === 'count') this.#counts.stored += events.length
    else for (const event of events) this.#storeOne(event, origin)
  }

  summary(): Summary {
    return { ...this.#counts }
  }

  /** In order of first arrival, of one pixel or of all. Copies. */
  events(pid?: string): StoredEvent[] {
    const chosen = [...this.#entries.values()].filter((entry) => pid === undefined || entry.pid === pid)
    return chosen.map(({ event, channels, received }) => ({ event: copyOf(event), channels: [...channels], received }))
  }

  /** The last 1,000, oldest first; only under `keep: 'all'`. Copies. */
  requests(): RequestRecord[] {
    return this.#records.map((record) => ({ ...record, headers: [...record.headers] }))
  }

  reset(): void {
    Object.assign(this.#counts, ZERO)
    this.#entries.clear()
    this.#records.length = 0
  }

  #storeOne(event: WireEvent, { id, pid, channel }: Origin): void {
    const key = keyOf(event, pid)
    const entry = this.#entries.get(key)
    if (entry !== undefined) return this.#countAgain(entry, id, channel)
    const kept = this.#keep === 'all' ? event : brief(event)
    this.#entries.set(key, { pid, event: kept, channels: [channel], received: 1, lastRequestId: id })
    this.#counts.stored += 1
  }

  #countAgain(entry: Entry, requestId: string, channel: Channel): void {
    // A key that stands twice in one request was received once: `received` counts requests.
    if (entry.lastRequestId === requestId) return
    entry.lastRequestId = requestId
    entry.received += 1
    this.#counts.duplicates += 1
    if (!entry.channels.includes(channel)) entry.channels.push(channel)
  }
}

/** Pixel ID, event name and id. The length keeps a pixel with a space in it apart from others; names have no spaces. */
function keyOf(event: WireEvent, pid: string): string {
  const name = event.type === 'custom' ? String(event.custom_event_name).toLowerCase() : event.type
  return `${pid.length} ${pid} ${name} ${event.id}`
}

function brief({ id, type, custom_event_name }: WireEvent): WireEvent {
  return custom_event_name === undefined ? { id, type } : { id, type, custom_event_name }
}

/** A copy that the caller may change; free data nested too deep to be copied is left out. */
function copyOf(event: WireEvent): WireEvent {
  try {
    return JSON.parse(JSON.stringify(event)) as WireEvent
  } catch {
    return brief(event)
  }
}
