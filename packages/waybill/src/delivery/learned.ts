/**
 * What the answers of one pixel's API have taught: which shapes pass, when something last passed, whether its names can be relied
 * on, how large a body may be, and refusals in a row. It outlives batches, and knows nothing of the events themselves.
 */
import { MINUTE_MS } from '../duration.ts'
import { type BodyLimit, bodyPassed, bodyWasTooLarge, startBodyLimit } from './body-limit.ts'

const MAX_SHAPES = 1_000
/** Passes of shapes are looked up for as long as a batch lasts; more shapes than this in one batch there are not. */
const MAX_PASSES = 4_000
/** What passed longer ago does not show that the API is judging now: within a batch there may be hours, where it asks for pauses. */
export const PASS_SERVES_MS: number = MINUTE_MS
/** More in a row tell nothing new. */
const MAX_STREAK = 64

/** What tells one event of a pixel from the others. */
export type EventKey = string | number

/** Events in a row of one shape that were refused, while none of it passed. The same one again is no event more. */
interface Streak {
  readonly events: Set<EventKey>
  /** Of these, how many were refused for good. */
  refused: number
}

const NO_STREAK: Streak = { events: new Set(), refused: 0 }

/** What was learned beside the shapes, for whoever goes on with the pixel. */
export interface LearnedNote {
  /** Whether the events that the API names are believed to be the wrong ones. */
  readonly names: boolean
  /** How large a request may be, in bytes, as answers have told. */
  readonly body: BodyLimit
}

export class Learned {
  /** Whether the API names the right events; one wrong name ends the trust. */
  readonly trust: { names: boolean } = { names: true }
  readonly #known = new Set<string>()
  readonly #passes = new Map<string, { readonly step: number; readonly atMs: number }>()
  readonly #streaks = new Map<string, Streak>()
  readonly #mixed = new Map<string, number>()
  #newest: string | undefined
  #step = 0
  #eventPassedAt = 0
  #passedAt = 0
  #failures = 0
  #body: BodyLimit
  #maxBodyBytes: number
  readonly #maxShapes: number
  readonly #monotonic: () => number

  /** `maxShapes`: so many are remembered as known. `monotonic`: milliseconds that only go forward; by default no time passes. */
  constructor(maxBodyBytes: number, monotonic: () => number = () => 0, maxShapes: number = MAX_SHAPES) {
    this.#monotonic = monotonic
    this.#maxShapes = maxShapes
    this.#maxBodyBytes = maxBodyBytes
    this.#body = startBodyLimit(maxBodyBytes)
  }

  /** A moment in the order of answers: what is learned later has a later one. */
  now(): number {
    this.#step += 1
    return this.#step
  }

  /** Shapes of which the API took something; at most 1,000 unless told otherwise, the oldest forgotten. */
  get knownShapes(): readonly string[] {
    return [...this.#known]
  }

  isKnown(shape: string): boolean {
    return this.#known.has(shape)
  }

  /** Its next events are shown to the API first. */
  forget(shape: string): void {
    this.#known.delete(shape)
    if (this.#newest === shape) this.#newest = undefined
  }

  /** An event of this shape passed: its streak is over. */
  eventPassed(shape: string): void {
    this.#eventPassedAt = this.now()
    this.#passedAt = this.#step
    this.#failures = 0
    this.#notePass(shape)
    if (this.#streaks.size > 0) this.#streaks.delete(shape)
    if (shape === this.#newest) return
    this.#newest = shape
    this.#known.delete(shape)
    this.#known.add(shape)
    if (this.#known.size > this.#maxShapes) this.#known.delete(this.#known.values().next().value!)
  }

  /** A canary passed: that of a shape, or the least one. It ends no streak: an event of ours is no event of that shape's sender. */
  canaryPassed(shape: string | undefined): void {
    this.#passedAt = this.now()
    this.#failures = 0
    if (shape !== undefined) this.#notePass(shape)
  }

  /** A request failed and what it carried may be the reason; gives how many have since anything passed. */
  failed(): number {
    this.#failures += 1
    return this.#failures
  }

  #notePass(shape: string): void {
    this.#passes.delete(shape)
    this.#passes.set(shape, { step: this.#step, atMs: this.#monotonic() })
    if (this.#passes.size > MAX_PASSES) this.#passes.delete(this.#passes.keys().next().value!)
  }

  /** When an event of this shape, or its canary, passed last; 0: never, or longer ago than {@link PASS_SERVES_MS}. */
  shapePassedAt(shape: string): number {
    const passed = this.#passes.get(shape)
    return passed === undefined || this.#monotonic() - passed.atMs > PASS_SERVES_MS ? 0 : passed.step
  }

  /** Whether an event of this shape, or its canary, passed after that moment, and not too long ago. */
  shapePassedSince(shape: string, moment: number): boolean {
    return this.shapePassedAt(shape) > moment
  }

  /** Whether any request passed after that moment. */
  passedSince(moment: number): boolean {
    return this.#passedAt > moment
  }

  /** Whether any event passed after that moment. */
  eventPassedSince(moment: number): boolean {
    return this.#eventPassedAt > moment
  }

  /** Notes that this event of the shape was refused, and gives how many that makes in a row; at most 64 are counted. */
  refused(shape: string, event: EventKey): number {
    const streak = this.#streaks.get(shape) ?? { events: new Set(), refused: 0 }
    if (streak.events.size < MAX_STREAK) streak.events.add(event)
    this.#streaks.set(shape, streak)
    if (this.#streaks.size > MAX_PASSES) this.#streaks.delete(this.#streaks.keys().next().value!)
    return streak.events.size
  }

  /** One of the streak was refused for good. */
  refusedForGood(shape: string): void {
    const streak = this.#streaks.get(shape)
    if (streak !== undefined) streak.refused += 1
  }

  /** How many events in a row were refused, and how many of these for good. */
  streakOf(shape: string): { readonly length: number; readonly refused: number } {
    const { events, refused } = this.#streaks.get(shape) ?? NO_STREAK
    return { length: events.size, refused }
  }

  /** One of a shape that was held passed as a probe: of this shape some are good and some bad, and until then no streak holds it. */
  noteMixed(shape: string, untilMs: number): void {
    this.#mixed.delete(shape)
    this.#mixed.set(shape, untilMs)
    if (this.#mixed.size > MAX_SHAPES) this.#mixed.delete(this.#mixed.keys().next().value!)
  }

  isMixed(shape: string, nowMs: number): boolean {
    return (this.#mixed.get(shape) ?? 0) > nowMs
  }

  endStreak(shape: string): void {
    this.#streaks.delete(shape)
  }

  get maxBodyBytes(): number {
    return this.#body.limitBytes
  }

  get body(): BodyLimit {
    return this.#body
  }

  bodyPassed(bytes: number): void {
    this.#body = bodyPassed(this.#body, bytes, this.#maxBodyBytes)
  }

  bodyWasTooLarge(bytes: number): void {
    this.#body = bodyWasTooLarge(this.#body, bytes)
  }

  /** What somebody else needs to go on with this pixel, beside the shapes. Streaks begin anew with it. */
  note(): LearnedNote {
    return { names: this.trust.names, body: { ...this.#body, passes: 0 } }
  }

  /** Takes over what another has learned, in place of what is known here. */
  recall({ names, body }: LearnedNote): void {
    this.trust.names = names
    this.#body = { ...body, limitBytes: Math.min(body.limitBytes, this.#maxBodyBytes) }
    this.#streaks.clear()
    this.#mixed.clear()
  }

  /** What another knows that the API takes, the newest last, in place of what is known here. */
  recallShapes(shapes: readonly string[]): void {
    this.#known.clear()
    for (const shape of shapes.slice(-this.#maxShapes)) this.#known.add(shape)
    this.#newest = shapes.at(-1)
  }

  /** The pixel's setting changed; what was learned of sizes begins anew. */
  setMaxBodyBytes(bytes: number): void {
    this.#maxBodyBytes = bytes
    this.#body = startBodyLimit(bytes)
  }
}
