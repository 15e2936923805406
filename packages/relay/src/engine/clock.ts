import {
  type Answer,
  type Claim,
  carriesVerdict,
  type Moment,
  type TimeChange,
  TimeClaims,
  TOLERANCE_MS,
  type WindowTold,
} from 'waybill/delivery'
import type { LifecycleEvents } from './events.ts'
import type { Runtime } from './runtime.ts'

/** `Date` counts whole seconds and an answer takes its time. */
const RESOLUTION_MS = 2_000

/** What time it is for the API, as far as that is known. Events end by their age, so no single clock is believed. */
export class Clock {
  readonly #runtime: Runtime
  readonly #events: LifecycleEvents
  readonly #claims: TimeClaims
  /** Since when the clock has been confirmed, or in doubt, by the monotonic one; a start is a doubt. */
  #changedAtMs: number

  constructor(runtime: Runtime, events: LifecycleEvents) {
    this.#runtime = runtime
    this.#events = events
    this.#claims = new TimeClaims(this.moment())
    this.#changedAtMs = runtime.monotonic()
  }

  moment(): Moment {
    return { wallMs: this.#runtime.now(), monotonicMs: this.#runtime.monotonic() }
  }

  /** Unix milliseconds, as near to the API's clock as is known. */
  now(): number {
    return this.#claims.now(this.moment())
  }

  /** A time that the API does not refuse for being none of its window, as far as claims tell. */
  insideMs(): number {
    return this.#claims.inside(this.moment())
  }

  /** Every time that it may be; one where the clock is confirmed. */
  claims(): readonly number[] {
    return this.#claims.all(this.moment())
  }

  /** Unix milliseconds: since when the clock has been confirmed; now while it is in doubt. */
  get confirmedSinceMs(): number {
    const at = this.moment()
    const forMs = this.#claims.confirmedBy === undefined ? 0 : at.monotonicMs - this.#changedAtMs
    return this.#claims.now(at) - forMs
  }

  /** How far the API's clock was ahead of this machine's, as last seen. */
  get skewMs(): number {
    return this.#claims.skewMs
  }

  /** How far the API's clock may be ahead of `now()`: as two answers told, and what `Date` leaves open. */
  get uncertaintyMs(): number {
    return RESOLUTION_MS + this.#claims.aheadMs(this.moment())
  }

  /** False while nothing may expire or be turned away for its time. */
  isConfirmed(): boolean {
    this.#tell(this.#claims.look(this.moment()))
    return this.#claims.confirmedBy !== undefined
  }

  /** For how long the window of an endpoint that judges did not tell the time, milliseconds; 0 while it is confirmed. */
  untoldForMs(endpoint: string): number {
    return this.isConfirmed() ? 0 : this.#claims.untoldForMs(endpoint)
  }

  /** The API's claim counts against this machine's: one of them is wrong, and may be put right at any time. */
  get isAgainstMachine(): boolean {
    const { wallMs } = this.moment()
    return this.#claims.confirmedBy === 'api' && Math.abs(this.now() - wallMs) > TOLERANCE_MS
  }

  /** An answer told another time than the confirmed one; a second that agrees with it makes that a doubt. */
  get isContradicted(): boolean {
    return this.#claims.isContradicted
  }

  /** Takes the `Date` of an answer that carries a verdict; any other says nothing of the time. */
  observe(endpoint: string, answer: Answer): void {
    if (answer.kind !== 'response' || !carriesVerdict(answer)) return
    this.#tell(this.#claims.look(this.moment()))
    this.#tell(this.#claims.observe(endpoint, Date.parse(answer.date ?? ''), this.moment()))
  }

  /** Whether the window has to be asked: two answers differ from the machine, or none has a `Date`. */
  get mustAskWindow(): boolean {
    return this.#claims.mustAskWindow
  }

  openClaims(): readonly Claim[] {
    return this.#claims.claims(this.moment())
  }

  /** Of these claims both canaries passed; `isShort`: of none, and these lie at the near end. */
  judgeWindows(passed: readonly Claim[], told: WindowTold): void {
    const at = this.moment()
    const wrong = this.openClaims().filter((claim) => !passed.includes(claim))
    const change = this.#claims.judgeWindows(passed, at, told)
    this.#tell(change)
    if (change?.what !== 'confirmed') return
    for (const { name, offsetMs } of wrong)
      this.#events.emit('clock:wrong', { whose: name === 'api' ? 'api' : 'machine', byMs: this.#off(offsetMs, at) })
  }

  /** Nothing was heard of the time for so long that this machine's clock may count. */
  get isSilent(): boolean {
    return this.#claims.isSilent
  }

  /** Somebody was asked what time it is. */
  asked(): void {
    this.#claims.asked(this.moment())
  }

  judgeSilence(newestMs: number): void {
    this.#tell(this.#claims.judgeSilence(this.moment(), newestMs))
  }

  #off(offsetMs: number, at: Moment): number {
    return Math.round(at.monotonicMs + offsetMs - this.#claims.now(at))
  }

  #tell(change: TimeChange | undefined): void {
    if (change !== undefined) this.#changedAtMs = this.#runtime.monotonic()
    if (change?.what === 'doubted') this.#events.emit('clock:doubted', { reason: change.reason })
    if (change?.what === 'confirmed') this.#events.emit('clock:confirmed', { skewMs: change.skewMs, by: change.by })
  }
}
