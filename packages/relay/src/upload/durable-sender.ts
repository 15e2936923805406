import { ISSUES, type Issue, type IssueCode, issue } from 'waybill'
import {
  Engine,
  type EngineOptions,
  keptForm,
  type Lifecycle,
  type PixelConfig,
  systemRuntime,
} from '../engine/index.ts'
import type { Acceptance, EventState, NewEvent, Store } from '../store/index.ts'
import { bodyOf, marked, type PackedEvents } from './reading/index.ts'
import type { Sender, Sent } from './sender.ts'
import { marksOf, type SentBook } from './sent-book/index.ts'
import type { Outgoing } from './taken.ts'

export interface DurableSenderOptions extends Pick<EngineOptions, 'runtime' | 'fetch'> {
  readonly store: Store
  readonly pixel: PixelConfig
  readonly now: () => number
  /** Who brought the events, as their accounts say. */
  readonly source: string
  /** Keeps note of what goes out in whole packs. Default: none does. */
  readonly book?: SentBook
  /** What goes on beside the sending and is to be done before the store is closed. */
  readonly beside?: Promise<unknown>
}

/** Requests that failed one after the other, with no answer in between, after which the endpoint is given up for this run. */
const FAILURES_THAT_END_A_RUN = 8
/** What is in flight at an interrupt may still have its answer kept; nobody waits longer than this for a command to end. */
const GRACE_MS = 5_000
const PAGE = 1_000
/** How often in one run what is suspected is asked again before it has failed. */
const ASKED_IN_A_RUN = 3
const WHO = 'waybill send'

interface Waiting {
  readonly shape: string
  readonly settle: (sent: Sent) => void
  /** How often it was told to be suspect. */
  suspected?: number
}

/**
 * Sends through the relay's engine and a store: what was delivered once is not sent again by a later run, and a run that was
 * killed forgets nothing that the API took. The file decides what is sent: what an earlier run left undelivered is sent again
 * only when its row comes again.
 */
export async function createDurableSender(options: DurableSenderOptions): Promise<Sender> {
  const sender = new DurableSender(options)
  await sender.start()
  return sender
}

/** The events of one call, and what became of each. */
class Slice {
  /** Resolves when the last of them is settled. */
  readonly whole: Promise<readonly Sent[]>
  readonly #sent: Sent[]
  #open: number
  #finish: () => void = () => {}

  constructor(events: number) {
    this.#open = events
    this.#sent = new Array(events)
    this.whole = new Promise((resolve) => {
      this.#finish = () => resolve(this.#sent)
    })
    if (events === 0) this.#finish()
  }

  /** A second word on an event takes the place of the first: a refusal may be taken back. */
  settle(at: number, sent: Sent): void {
    const isFirst = this.#sent[at] === undefined
    this.#sent[at] = sent
    if (!isFirst) return
    this.#open -= 1
    if (this.#open === 0) this.#finish()
  }
}

class DurableSender implements Sender {
  readonly #options: DurableSenderOptions
  readonly #engine: Engine
  readonly #waiting = new Map<number, Waiting>()
  /** Shapes of which the API refuses everything, and what it said. */
  readonly #held = new Map<string, Issue>()
  /** Refused since something of their shape passed. */
  readonly #refused = new Map<string, Waiting[]>()
  #failures = 0
  #lastFailureMs = Number.NEGATIVE_INFINITY
  /** The events go to another relay, which has them in its queue. */
  #relayed = false
  stopped: Issue | undefined

  constructor(options: DurableSenderOptions) {
    const { store, pixel, runtime, fetch: send } = options
    this.#options = options
    this.#engine = new Engine({ store, pixels: [pixel], ...(runtime && { runtime }), ...(send && { fetch: send }) })
    const { events } = this.#engine
    events.on('event:delivered', (about) => this.#delivered(about))
    events.on('event:refused', ({ row, code, message }) => this.#refuse(row, saidByApi(code, message)))
    events.on('event:expired', ({ row }) => this.#settle(row, 'refused', [issue('event_timestamp_too_old', '')]))
    // What is still suspect has failed; the next run asks again.
    events.on('event:suspected', (suspected) => this.#suspect(suspected))
    events.on('shape:held', (hold) => this.#holdShape(hold))
    events.on('pixel:held', ({ code, message }) => this.#stop(asIssue(code, message)))
    // No later attempt of this run would be trusted more.
    events.on('tls:failed', ({ message, hint }) => this.#stop(untrusted(message, hint)))
    events.on('request:answered', (request) => this.#count(request))
    events.on('engine:failed', ({ error }) => this.#stop(issue('gave_up', '', { message: failureOf(error) })))
  }

  async start(): Promise<void> {
    const { store, pixel } = this.#options
    for (const { pixel: held, shape } of await store.holds()) {
      const by = { by: WHO, nowMs: this.#options.now() }
      if (held !== pixel.pixelId) continue
      await (shape === undefined ? store.resumePixel(held, by) : store.resumeShape(held, shape, by))
    }
    const reason = 'An earlier run ended before this was delivered; the file decides whether it is sent again.'
    const left = { state: 'queued', pixel: pixel.pixelId } as const
    while ((await store.discard(left, { by: WHO, reason, nowMs: this.#options.now(), limit: PAGE })) > 0);
    this.#engine.start()
  }

  async send(events: readonly Outgoing[], { signal }: { readonly signal: AbortSignal }): Promise<readonly Sent[]> {
    const stop = (): void => this.#stop(issue('aborted', ''))
    signal.addEventListener('abort', stop)
    try {
      if (signal.aborted) stop()
      if (this.stopped !== undefined) return events.map(() => this.#undone())
      const slice = new Slice(events.length)
      await this.#keep(
        events.map((event) => this.#kept(event)),
        slice,
      )
      return await slice.whole
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async sendWhole(events: PackedEvents): Promise<boolean> {
    const { book, pixel } = this.#options
    if (book === undefined || this.#relayed || this.stopped !== undefined) return false
    const { wires, shapes, oldestMs, newestMs } = events.good
    const count = wires.ends.length
    if (count === 0 || shapes.some((shape) => this.#held.has(shape))) return false
    const marks = marksOf(marked(events.good), count)
    if (book.meets(marks)) return false
    let pack = 0
    const end = await this.#engine.deliverWhole(pixel.pixelId, {
      ...{ shapes, events: count, bytes: wires.bytes.length, oldestMs, newestMs },
      body: (start, end) => bodyOf(wires, start, end),
      leaving: async (notes) => {
        pack = await book.begin(notes, marks)
      },
      ended: async (notes, how) => {
        if (how === 'unknown') book.leaveOpen(marks)
        else await book.end(notes, pack, how)
      },
    })
    return end === 'delivered'
  }

  async close(): Promise<void> {
    await this.#engine.stop(GRACE_MS)
    try {
      await this.#options.beside
    } finally {
      await this.#options.store.close()
    }
  }

  #kept(event: Outgoing): NewEvent {
    const { pixel, source, now } = this.#options
    const { name, id, wire, shape, timestampMs, issues, dueMs } = 'wire' in event ? event : keptForm(event, [], now())
    const kept = { name, id, wire, shape, timestampMs, issues, pixel: pixel.pixelId, source }
    return dueMs === undefined ? kept : { ...kept, dueMs }
  }

  async #keep(kept: readonly NewEvent[], slice: Slice): Promise<void> {
    const { store, now, pixel } = this.#options
    const places: number[] = []
    for (const [at, { wire }] of kept.entries()) {
      if (Buffer.byteLength(wire) > pixel.maxBodyBytes - ENVELOPE_BYTES) slice.settle(at, TOO_LARGE)
      else places.push(at)
    }
    const acceptances = await store.accept(
      places.map((at) => kept[at]!),
      now(),
    )
    const again: number[] = []
    for (const [index, acceptance] of acceptances.entries()) {
      const at = places[index]!
      this.#meet(acceptance, { shape: kept[at]!.shape, settle: (sent) => slice.settle(at, sent) }, again)
    }
    if (again.length > 0) await store.replay({ rows: again }, { by: WHO, nowMs: now(), limit: again.length })
    // What came to a stop meanwhile has stopped for these too.
    if (this.stopped !== undefined) this.#undoAll()
    this.#engine.wake()
  }

  /** What an arrival means: new, done before, or to be tried again because no earlier run delivered it. */
  #meet(acceptance: Acceptance, waiting: Waiting, again: number[]): void {
    const { row, status } = acceptance
    const held = this.#held.get(waiting.shape)
    if (status !== 'accepted' && acceptance.first.state === 'delivered')
      waiting.settle(status === 'duplicate' ? BEFORE : OTHER)
    else if (status === 'conflict') waiting.settle(OTHER)
    else if (held !== undefined) waiting.settle(failed(held))
    else {
      if (status === 'duplicate' && UNDELIVERED.has(acceptance.first.state)) again.push(row)
      this.#waiting.set(row, waiting)
    }
  }

  #delivered({ row, mark }: Lifecycle['event:delivered']): void {
    const shape = this.#waiting.get(row)?.shape
    if (shape !== undefined && this.#refused.size > 0) this.#refused.delete(shape)
    const remarks = mark !== undefined && mark in ISSUES ? [asWarning(mark as IssueCode)] : []
    this.#settle(row, this.#relayed ? 'queued' : 'delivered', remarks)
  }

  #refuse(row: number, why: Issue): void {
    const waiting = this.#waiting.get(row)
    if (waiting !== undefined) this.#refused.set(waiting.shape, [...(this.#refused.get(waiting.shape) ?? []), waiting])
    this.#settle(row, 'refused', [why])
  }

  #settle(row: number, status: Sent['status'], issues: readonly Issue[]): void {
    this.#waiting.get(row)?.settle({ status, issues })
    this.#waiting.delete(row)
  }

  /** It is asked again in this run, but not for ever. */
  #suspect({ row, kind, code, message }: Lifecycle['event:suspected']): void {
    const waiting = this.#waiting.get(row)
    if (waiting === undefined) return
    waiting.suspected = (waiting.suspected ?? 0) + 1
    if (kind === 'too_old' || waiting.suspected >= ASKED_IN_A_RUN)
      this.#settle(row, 'failed', [saidByApi(code, message)])
  }

  #holdShape({ shape, code, message }: Lifecycle['shape:held']): void {
    const why = saidByApi(code, message)
    this.#held.set(shape, why)
    // Those of the same row of refusals were not at fault after all.
    for (const waiting of this.#refused.get(shape) ?? []) waiting.settle(failed(why))
    this.#refused.delete(shape)
    for (const [row, waiting] of this.#waiting) {
      if (waiting.shape !== shape) continue
      waiting.settle(failed(why))
      this.#waiting.delete(row)
    }
  }

  /** Failures side by side are one failure: only what was begun after the last one counts as the next. */
  #count({ verdict, durationMs, status }: Lifecycle['request:answered']): void {
    if (verdict === 'results') this.#relayed = true
    if (verdict !== 'retry') {
      this.#failures = 0
      return
    }
    const nowMs = (this.#options.runtime ?? systemRuntime).monotonic()
    if (nowMs - durationMs < this.#lastFailureMs) return
    this.#lastFailureMs = nowMs
    this.#failures += 1
    if (this.#failures < FAILURES_THAT_END_A_RUN) return
    const what = status === undefined ? 'the connection failed' : `the endpoint answered ${status}`
    const { message } = issue('gave_up', '')
    this.#stop(issue('gave_up', '', { message: `${message} (${what}; ${this.#failures} attempts)` }))
  }

  #stop(why: Issue): void {
    if (this.stopped !== undefined) return
    this.stopped = why
    void this.#engine.stop(GRACE_MS).then(() => this.#undoAll())
  }

  #undoAll(): void {
    for (const { settle } of this.#waiting.values()) settle(this.#undone())
    this.#waiting.clear()
  }

  #undone(): Sent {
    return { status: 'failed', issues: [this.stopped ?? issue('aborted', '')] }
  }
}

const UNDELIVERED: ReadonlySet<EventState> = new Set(['refused', 'expired', 'discarded'])
const ENVELOPE_BYTES = 200
const TOO_LARGE: Sent = { status: 'refused', issues: [issue('event_too_large', '')] }
const BEFORE: Sent = { status: 'duplicates', issues: [], before: true }
const OTHER: Sent = {
  status: 'refused',
  issues: [
    issue('conflicting_repeat', '', {
      message: 'An earlier run sent an event with this id and type but other content; the first one counts.',
    }),
  ],
}

function failed(why: Issue): Sent {
  return { status: 'failed', issues: [issue('unexplained_rejection', ''), why] }
}

/** The API's own words, without the place in a batch that nobody sees. */
function saidByApi(code: string, message: string): Issue {
  return { code, path: '', message: message || 'The API gave no message.', severity: 'error' }
}

function asIssue(code: string, message: string): Issue {
  const known = issue(code as IssueCode, '')
  return message === '' ? known : { ...known, message }
}

function untrusted(detail: string, hint: string): Issue {
  return { ...issue('gave_up', '', { message: `What answers for the API cannot be trusted (${detail}).` }), hint }
}

function asWarning(code: IssueCode): Issue {
  return { ...issue(code, ''), severity: 'warning' }
}

function failureOf(error: unknown): string {
  const { message, hint } = error as { message?: string; hint?: string }
  return [message ?? String(error), hint].filter(Boolean).join(' ')
}
