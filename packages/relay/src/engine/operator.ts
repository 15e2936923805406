import type { Contract } from 'waybill'
import type { EndSuspicionCall, Selection, Store } from '../store/index.ts'
import { type EditCall, type EditResult, editEvent } from './edit.ts'
import { holdByOperator, resumeByOperator, resumeShape } from './hold.ts'
import type { EngineParts } from './parts.ts'
import type { PixelDelivery } from './pixel-delivery.ts'
import { type PixelTest, testPixel } from './pixel-test.ts'
import { type Replayed, replayEvents, rowsOf } from './replay.ts'
import { ENVELOPE_BYTES } from './request-port.ts'

export interface OperatorParts {
  /** Told at once of a full disk, where delivery would wait for room. */
  readonly store: Store
  readonly parts: EngineParts
  readonly pixels: ReadonlyMap<string, PixelDelivery>
  readonly wake: () => void
}

/** What a pixel's events are judged by where its pixel is not configured. */
/** For a turn: somebody waits at the page. */
const TEST_WAIT_MS = 5_000
const DEFAULT_CONTRACT: Contract = '2026-06'

/** What an operator asks of the engine. Each action is recorded by the store with who (`by`) and when. */
export class Operator {
  readonly #parts: OperatorParts

  constructor(parts: OperatorParts) {
    this.#parts = parts
  }

  /** Sends nothing more of a pixel until {@link resume}, whatever else would let it run. */
  hold(pixel: string, why: { readonly reason: string; readonly by: string }): Promise<void> {
    return holdByOperator(this.#held(pixel), why)
  }

  /** Lifts the hold of a pixel, whoever asked for it; `false` when it was not held. */
  resume(pixel: string, by: string): Promise<boolean> {
    return this.#thenWake(resumeByOperator(this.#held(pixel), by))
  }

  /** Lifts the hold of one shape, which starts anew; `false` when it was not held. */
  resumeShape(pixel: string, shape: string, by: string): Promise<boolean> {
    return this.#thenWake(resumeShape(this.#held(pixel), shape, by))
  }

  /** Puts a fixed event, in either form, in the place of one that ended undelivered. `dryRun`: only judges it. */
  edit(row: number, event: unknown, by: { readonly by: string; readonly dryRun?: boolean }): Promise<EditResult> {
    return this.#thenWake(this.#edit(row, event, by))
  }

  /** Queues again what ended undelivered, at most `limit`, default 1,000. `dryRun`: only says how many it would be. */
  replay(
    selection: Selection,
    { by, limit = 1_000, dryRun = false }: { readonly by: string; readonly limit?: number; readonly dryRun?: boolean },
  ): Promise<Replayed> {
    const { store, parts } = this.#parts
    const rejudge = async (row: number, event: unknown): Promise<boolean> =>
      (await this.#edit(row, event, { by, dryRun })).status === (dryRun ? 'validated' : 'queued')
    const call = { by, limit, dryRun, nowMs: parts.clock.now() }
    return this.#thenWake(replayEvents({ store, rejudge }, selection, call))
  }

  /** Ends suspicions by a person's word; what is released is sent at once. Resolves with the number ended. */
  endSuspicion(selection: Selection, call: Omit<EndSuspicionCall, 'nowMs'>): Promise<number> {
    const { store, parts } = this.#parts
    return this.#thenWake(store.endSuspicion(selection, { ...call, nowMs: parts.clock.now() }))
  }

  /** Asks a pixel's API with an event of ours, which it judges and does not store; `undefined`: no such pixel, or it took too long. */
  async test(pixel: string): Promise<PixelTest | undefined> {
    const delivery = this.#parts.pixels.get(pixel)
    if (delivery === undefined) return undefined
    const { pauseSignal } = this.#parts.parts
    return testPixel(delivery, AbortSignal.any([pauseSignal, AbortSignal.timeout(TEST_WAIT_MS)]))
  }

  /** The rows that a selection means now, at most `limit`: for a replay that goes on for a while. */
  rowsOf(selection: Selection, limit: number): Promise<number[]> {
    return rowsOf(this.#parts, selection, limit)
  }

  #held(pixel: string): Parameters<typeof resumeByOperator>[0] {
    const { store, parts, pixels } = this.#parts
    return { parts: { ...parts, store }, pixel, delivery: pixels.get(pixel) }
  }

  async #edit(
    row: number,
    event: unknown,
    { by, dryRun = false }: { readonly by: string; readonly dryRun?: boolean },
  ): Promise<EditResult> {
    const { store, parts, pixels } = this.#parts
    const account = await store.showRow(row)
    if (account === undefined) return { status: 'no_row' }
    const { pixel, id = '', name } = account
    const rules = rulesOf(pixels.get(pixel))
    const result = await editEvent(store, account, event, { by, nowMs: parts.clock.now(), dryRun, rules })
    if (result.status === 'queued') parts.events.emit('event:edited', { pixel, row, id, name, by })
    return result
  }

  async #thenWake<Result>(work: Promise<Result>): Promise<Result> {
    const result = await work
    this.#parts.wake()
    return result
  }
}

/** What intake would judge an event of a pixel by. */
export function rulesOf(delivery: PixelDelivery | undefined): EditCall['rules'] {
  const config = delivery?.config
  return {
    contract: delivery?.form ?? DEFAULT_CONTRACT,
    invalidIdentity: config?.invalidIdentity ?? 'drop',
    ...(config && { maxEventBytes: config.maxBodyBytes - ENVELOPE_BYTES }),
  }
}
