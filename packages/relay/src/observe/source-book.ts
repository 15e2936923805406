import type { Lifecycle, LifecycleEvents } from '../engine/index.ts'
import { LabelBudget } from './labels.ts'
import type { Log } from './logger.ts'

/** Why messages of a source came to nothing, how often, and what was said of the last of them. */
export interface Reason {
  readonly outcome: 'skipped' | 'conflict' | 'turned_away'
  readonly code: string
  readonly count: number
  readonly message: string
  /** Unix milliseconds. */
  readonly lastMs: number
}

/** What a source brought for a pixel since the relay started. */
export interface SourceStanding {
  readonly source: string
  /** `undefined` for calls that name none of ours. */
  readonly pixel: string | undefined
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly remembered: number
  readonly reasons: readonly Reason[]
  /** All of many calls came to nothing: what to do. */
  readonly alarm: string | undefined
}

export interface SourceBookOptions {
  readonly events: LifecycleEvents
  readonly log: Log
  readonly now: () => number
}

/** So many messages without one conversion are no chance. */
const ALARM_AFTER = 10
const MAX_SOURCES = 500
const MAX_REASONS = 50

/** What to choose where all calls of a source are skipped. */
const HINTS: Readonly<Record<string, string>> = {
  shopify: 'choose the topic orders/paid for this webhook',
  stripe: 'choose snapshot events, among them checkout.session.completed and invoice.paid, for this endpoint',
  woocommerce: 'choose the topic "Order updated" for this webhook',
  hubspot: 'name the stages of your deals in the option stages, by their internal names, and subscribe to dealstage',
  generic: 'compare the conditions of the mapping with what comes',
  segment: 'name the events as docs/sources.md has them, or give them a type in a mapping',
  ga4: 'name the events as docs/sources.md has them, or give them a type in a mapping',
}

interface Entry {
  readonly source: string
  readonly pixel: string | undefined
  accepted: number
  duplicates: number
  refused: number
  remembered: number
  nothing: number
  isTold: boolean
  readonly reasons: Map<string, Reason>
}

/** Counts what other systems bring and what comes to nothing, and logs each new kind of nothing once. */
export class SourceBook {
  readonly #options: SourceBookOptions
  readonly #entries = new Map<string, Entry>()
  readonly #sources = new LabelBudget(MAX_SOURCES)

  constructor(options: SourceBookOptions) {
    this.#options = options
    options.events.on('source:called', (call) => this.#called(call))
    options.events.on('source:refused', (call) => this.#refused(call))
  }

  standings(): readonly SourceStanding[] {
    return [...this.#entries.values()].map(({ source, pixel, accepted, duplicates, refused, remembered, ...entry }) => {
      const reasons = [...entry.reasons.values()]
      return { source, pixel, accepted, duplicates, refused, remembered, reasons, alarm: alarmOf(source, entry.isTold) }
    })
  }

  #called({
    source,
    pixel,
    accepted,
    duplicates,
    refused,
    remembered,
    skipped,
    conflicts,
  }: Lifecycle['source:called']): void {
    const entry = this.#entryOf(source, pixel)
    entry.accepted += accepted
    entry.duplicates += duplicates
    entry.refused += refused
    entry.remembered += remembered
    for (const { code, message } of skipped) this.#note(entry, { outcome: 'skipped', code, message })
    for (const { code, message } of conflicts) this.#note(entry, { outcome: 'conflict', code, message })
    entry.nothing += skipped.length
    this.#watch(entry)
  }

  #refused({ source, pixel, status, reason }: Lifecycle['source:refused']): void {
    const entry = this.#entryOf(source, pixel)
    this.#note(entry, { outcome: 'turned_away', code: reason, message: `It was answered ${status}.` })
  }

  #entryOf(source: string, pixel: string | undefined): Entry {
    const key = this.#sources.label(`${source} ${pixel ?? ''}`)
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry: Entry = {
      ...{ source, pixel, accepted: 0, duplicates: 0, refused: 0, remembered: 0, nothing: 0, isTold: false },
      reasons: new Map(),
    }
    this.#entries.set(key, entry)
    return entry
  }

  #note({ source, pixel, reasons }: Entry, about: Pick<Reason, 'outcome' | 'code' | 'message'>): void {
    const { outcome, code, message } = about
    const key = `${outcome} ${code}`
    const before = reasons.get(key)
    if (before === undefined && reasons.size >= MAX_REASONS) return
    reasons.set(key, { ...about, count: (before?.count ?? 0) + 1, lastMs: this.#options.now() })
    if (before === undefined)
      this.#options.log.warn(
        { source, pixel, outcome, code, hint: 'waybill status' },
        `first call that came to nothing: ${message}`,
      )
  }

  /** A source that brings nothing but what is skipped is most likely set up wrongly. */
  #watch(entry: Entry): void {
    const { source, pixel, accepted, duplicates, refused, remembered, nothing, isTold } = entry
    const brings = accepted + duplicates + refused + remembered > 0
    if (brings) entry.isTold = false
    if (brings || isTold || nothing < ALARM_AFTER) return
    entry.isTold = true
    this.#options.log.error(
      { source, pixel, calls: nothing, hint: hintOf(source) },
      'all calls of this source were skipped',
    )
  }
}

const hintOf = (source: string): string => HINTS[source.split('/', 1)[0] ?? ''] ?? HINTS['generic']!

function alarmOf(source: string, isTold: boolean): string | undefined {
  return isTold ? `all calls were skipped: ${hintOf(source)}` : undefined
}
