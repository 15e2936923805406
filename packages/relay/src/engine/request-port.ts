import { MAX_AGE_MS } from 'waybill'
import { createScrub, withoutPlaces } from 'waybill/client'
import {
  type Answer,
  type Asked,
  type Body,
  type Carried,
  carriesVerdict,
  chunk,
  type DrivePort,
  type HoldVerdict,
  isOfRelayInDoubt,
  type Learned,
  type PlanContext,
  type Purpose,
  type RelaySaid,
  type Verdict,
  type Waiting,
  withTidyText,
} from 'waybill/delivery'
import type { RequestRecord } from '../store/index.ts'
import { holdPixel } from './hold.ts'
import type { PixelDelivery } from './pixel-delivery.ts'

/** What is known of a request beside its answer. */
export type RequestExtras = Partial<Pick<RequestRecord, 'added' | 'place'>>

/** More than the body needs around its events. */
export const ENVELOPE_BYTES = 200

/**
 * The driver's port onto a pixel that carries nobody's events: for canaries that ask what time it is, or whether a hold is over. A batch
 * of events (`LeasedBatch`) is this and more.
 */
export class RequestPort<Item extends Carried> implements DrivePort<Item> {
  readonly pixel: PixelDelivery
  readonly endsValidated: boolean = false
  readonly #mayHold: boolean
  readonly #waitSignal: AbortSignal | undefined
  #request: RequestRecord | undefined

  /** `mayHold: false` for who only asks: what it is answered holds nobody. `waitSignal`: for who does not wait for its turn as long as it takes. */
  constructor(
    pixel: PixelDelivery,
    { mayHold = true, waitSignal }: { readonly mayHold?: boolean; readonly waitSignal?: AbortSignal } = {},
  ) {
    this.pixel = pixel
    this.#mayHold = mayHold
    this.#waitSignal = waitSignal
  }

  get learned(): Learned {
    return this.pixel.learned
  }

  get gate(): PixelDelivery['gate'] {
    return this.pixel.gate
  }

  get timeoutMs(): number {
    return this.pixel.config.timeoutMs
  }

  get signal(): AbortSignal {
    return this.pixel.parts.signal
  }

  get waitSignal(): AbortSignal {
    return this.#waitSignal ?? this.pixel.parts.pauseSignal
  }

  get isRelay(): boolean {
    return this.pixel.config.endpointIsRelay === true
  }

  canaryTimeMs(): number {
    return this.pixel.parts.clock.insideMs()
  }

  now(): number {
    return this.pixel.parts.clock.now()
  }

  monotonic(): number {
    return this.pixel.parts.runtime.monotonic()
  }

  random(): number {
    return this.pixel.parts.runtime.random()
  }

  post(body: Body, options: Parameters<DrivePort<Item>['post']>[1]): Promise<Answer> {
    return this.pixel.post(body, options)
  }

  envelope(validateOnly: boolean): string {
    const { integrationSource } = this.pixel.config
    const source = integrationSource === undefined ? '' : `"integration_source":${JSON.stringify(integrationSource)},`
    return `{"validate_only":${validateOnly},${source}"events":[`
  }

  wires(_items: readonly Item[]): readonly string[] | Promise<readonly string[]> {
    return []
  }

  mayLeave(_item: Item): boolean {
    return true
  }

  /** By the claim that leaves most of it, while the clock is in doubt; nothing ends while the endpoint is in doubt as well. */
  timeLeftMs(items: readonly Item[]): number {
    const { clock } = this.pixel.parts
    if (this.pixel.endpointInDoubt && !clock.isConfirmed()) return Number.MAX_SAFE_INTEGER
    const nowMs = Math.min(...clock.claims())
    let oldestMs = Number.POSITIVE_INFINITY
    for (const { timestampMs } of items) if (timestampMs < oldestMs) oldestMs = timestampMs
    return Math.max(0, oldestMs + MAX_AGE_MS - nowMs)
  }

  mayBegin(_forMs: number): boolean | Promise<boolean> {
    return this.maySend()
  }

  /** The engine works, and the pixel is this relay's. */
  protected maySend(): boolean {
    const { isStopping, ownership } = this.pixel.parts
    return !isStopping() && ownership.mayBegin(this.pixel.id)
  }

  leaving(_items: readonly Item[], _purpose: Purpose): void {}

  asked(request: Asked<Item>): void {
    const { clock, events, endpointsInDoubt } = this.pixel.parts
    const { config } = this.pixel
    clock.observe(config.endpoint, request.answer)
    if (isOfRelayInDoubt(request.answer)) endpointsInDoubt.add(config.endpoint)
    else if (carriesVerdict(request.answer)) endpointsInDoubt.delete(config.endpoint)
    this.pixel.parts.ownership.learned(config.pixelId)
    const record = recordOf(this.pixel, request, this.rowsOf(request.items))
    const { verdict, status, durationMs, validateOnly, ambiguous } = record
    events.emit('request:answered', {
      pixel: config.pixelId,
      verdict: verdict as Verdict['kind'],
      status,
      fault: request.verdict.kind === 'retry' ? request.verdict.code : undefined,
      events: request.events,
      durationMs,
      validateOnly,
      ambiguous,
    })
    // A canary is nobody's event: what it was answered is told, and kept with no account.
    if (request.items.length > 0) this.#request = { ...record, ...this.about(record) }
  }

  /** What whoever carries events knows of a request beside its answer. */
  protected about(_record: RequestRecord): RequestExtras {
    return {}
  }

  /** What is to be committed with whatever follows from it. */
  protected takeRequest(): RequestRecord | undefined {
    const request = this.#request
    this.#request = undefined
    return request
  }

  protected rowsOf(_items: readonly Item[]): readonly number[] {
    return []
  }

  async commit(): Promise<void> {}

  async pause({ delayMs }: Waiting<Item>): Promise<boolean> {
    const { parts } = this.pixel
    await parts.runtime.sleep(delayMs, parts.pauseSignal)
    return !parts.isStopping()
  }

  async hold(verdict: HoldVerdict): Promise<void> {
    if (this.#mayHold) await holdPixel(this.pixel, this.tidy(verdict))
  }

  settleRelayed(_item: Item, _said: RelaySaid, _purpose: Purpose): void {}

  markMiscounted(_items: readonly Item[]): void {}

  canaryAnswered({ shape, verdict }: { readonly shape: string | undefined; readonly verdict: Verdict }): void {
    const { code, message } = saidBy(this.tidy(verdict))
    const passed = verdict.kind === 'delivered' || verdict.kind === 'recount'
    this.pixel.parts.events.emit('canary:answered', { pixel: this.pixel.id, shape, passed, code, message })
  }

  context(_purpose: Purpose): PlanContext<Item> {
    throw new Error('nothing is planned for a request without events')
  }

  cut(items: readonly Item[], _purpose: Purpose): readonly (readonly Item[])[] {
    return chunk(items, { maxBodyBytes: this.learned.maxBodyBytes, envelopeBytes: ENVELOPE_BYTES })
  }

  /** What the API says is kept and shown: without the key, without addresses, without places in a batch that nobody sees. */
  protected tidy<Said extends Verdict>(verdict: Said): Said {
    return withTidyText(verdict, (text) => this.tidyText(text)) as Said
  }

  protected tidyText(text: string): string {
    return withoutPlaces(createScrub(this.pixel.config.apiKey)(text))
  }
}

/** A request as it is kept and shown. */
export function recordOf<Item>({ config }: PixelDelivery, asked: Asked<Item>, rows: readonly number[]): RequestRecord {
  const { answer, what, atMs, durationMs } = asked
  const scrub = createScrub(config.apiKey)
  const verdict = withTidyText(asked.verdict, (text) => withoutPlaces(scrub(text)))
  const said = saidBy(verdict)
  const requestId = answer.kind === 'response' ? answer.requestId : undefined
  return {
    pixel: config.pixelId,
    atMs,
    durationMs,
    validateOnly: what !== 'deliver',
    rows,
    status: answer.kind === 'response' ? answer.status : undefined,
    verdict: verdict.kind,
    ambiguous: verdict.kind === 'retry' && verdict.ambiguous,
    ...(said.code === undefined ? {} : { code: said.code }),
    ...(said.message === undefined ? {} : { message: said.message }),
    ...(requestId ? { requestId: requestId.slice(0, 200) } : {}),
  }
}

function saidBy(verdict: Verdict): { code?: string | undefined; message?: string | undefined } {
  if (verdict.kind === 'refused') return { code: verdict.reason.code, message: verdict.reason.message }
  if (verdict.kind === 'hold') return { code: verdict.code, message: verdict.message }
  if (verdict.kind === 'retry') return { message: verdict.why, ...(verdict.code && { code: verdict.code }) }
  return {}
}
