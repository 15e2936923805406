/**
 * What time it is, where two clocks may disagree. There are two claims: this machine's clock, and the `Date` of answers that carry a
 * verdict. Neither alone ends an event.
 *
 * - In doubt, at every start and whenever the clocks part: nothing may expire, and an event may leave when any claim puts it inside its
 *   window.
 * - `machine`: two answers, at least 5 seconds apart, agreed with the machine and each other within a minute.
 * - `api`: they lastingly differ, and the window itself told that the API's claim is right (`judgeWindows`).
 *
 * Pure: wall clock and monotonic clock are arguments.
 */
import { MAX_AGE_MS } from '../../contract/limits.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../duration.ts'

/** Claims so near to each other share a part of the window, with an hour to spare. */
const WITHIN_MS = MAX_AGE_MS - HOUR_MS

/** Both clocks at one moment. */
export interface Moment {
  /** Unix milliseconds, as the machine says. */
  readonly wallMs: number
  /** Milliseconds that only ever go forward. */
  readonly monotonicMs: number
}

export type ClaimName = 'machine' | 'api' | 'kept'

/** A claim about the time: Unix time less monotonic time. */
export interface Claim {
  /** Whose claim it is. */
  readonly name: ClaimName
  /** Milliseconds that its clock is ahead of this machine's. */
  readonly offsetMs: number
}

/** What changed, for whoever tells people. */
export type TimeChange =
  | { readonly what: 'doubted'; readonly reason: string }
  | { readonly what: 'confirmed'; readonly by: 'machine' | 'api'; readonly skewMs: number }

/** A minute: more than any honest drift between two looks, less than matters for a window of seven days. */
export const TOLERANCE_MS: number = MINUTE_MS
/** Two answers so near together are one witness. */
export const APART_MS: number = 5 * SECOND_MS
/** `Date` counts whole seconds. */
const HALF_A_SECOND_MS = 500
/** What differs for so long differs lastingly. */
const LASTING_MS: number = MINUTE_MS
const SILENT_FOR_MS: number = DAY_MS

/** An answer's `Date`, kept until a second one, of the same endpoint, agrees with it. */
interface Witness {
  readonly offsetMs: number
  readonly machineOffsetMs: number
  readonly atMs: number
}

export class TimeClaims {
  readonly #boot: Moment
  #confirmed: 'machine' | 'api' | undefined
  /** Of the claim that was confirmed last, also while it is in doubt. */
  #keptOffsetMs: number | undefined
  #apiOffsetMs: number | undefined
  #witnesses = new Map<string, Witness>()
  #machineParted = false
  /** Monotonic: when a verdict that counts as a claim came last, or doubt began. */
  #heardAtMs: number
  #untoldForMs = 0
  #differ = false
  #undatedSinceMs: number | undefined
  /** What the window told first, against the machine. */
  #told: { readonly offsetMs: number; readonly atMs: number } | undefined
  #skewMs = 0
  /** The last answer that agreed with the machine, and the earlier of the times that it and the one before it told. */
  #agreed: { readonly offsetMs: number; readonly atMs: number; readonly leastMs: number } | undefined

  constructor(boot: Moment) {
    this.#boot = boot
    this.#heardAtMs = boot.monotonicMs
  }

  get confirmedBy(): 'machine' | 'api' | undefined {
    return this.#confirmed
  }

  /** How far the API's clock was ahead of this machine's, as last seen. */
  get skewMs(): number {
    return this.#skewMs
  }

  /** Two answers differ from the machine, or have no `Date`: the window has to tell which is right. */
  get mustAskWindow(): boolean {
    return this.#confirmed === undefined && this.#differ
  }

  /**
   * How far the API is ahead of the confirmed clock, though they agree within a minute: its windows close so much earlier. Two answers have
   * to say so; what only one says, and what is more than a minute, moves nothing.
   */
  aheadMs({ wallMs, monotonicMs }: Moment): number {
    if (this.#confirmed !== 'machine' || this.#agreed === undefined) return 0
    return Math.min(TOLERANCE_MS, Math.max(0, monotonicMs + this.#agreed.leastMs - wallMs))
  }

  /** The time is confirmed, and an answer told another one since. */
  get isContradicted(): boolean {
    return this.#confirmed !== undefined && this.#witnesses.size > 0
  }

  /**
   * For how long verdicts have come since the time was doubted last, and did not tell it, milliseconds: a minute at most from one to the
   * next, since an API that is away tells nothing.
   */
  get untoldForMs(): number {
    return this.#confirmed === undefined ? this.#untoldForMs : 0
  }

  /** Unix milliseconds: the confirmed claim, or the best there is. */
  now(at: Moment): number {
    if (this.#confirmed === 'machine') return at.wallMs
    return this.#keptOffsetMs === undefined ? at.wallMs : Math.round(at.monotonicMs + this.#keptOffsetMs)
  }

  /** All claims that may be right, Unix milliseconds; one where the time is confirmed. */
  all(at: Moment): readonly number[] {
    if (this.#confirmed !== undefined) return [this.now(at)]
    return this.claims(at).map(({ offsetMs }) => at.monotonicMs + offsetMs)
  }

  /**
   * A time inside the window by every claim, where there is one: the earliest, since the window reaches far back. Else that of the API's own
   * claim, by which it most likely judges.
   */
  inside(at: Moment): number {
    const all = this.all(at)
    const earliestMs = Math.min(...all)
    const isShared = Math.max(...all) - earliestMs < WITHIN_MS
    const apiMs = this.#apiOffsetMs === undefined ? this.now(at) : at.monotonicMs + this.#apiOffsetMs
    // Of the monotonic clock there are parts of a millisecond, which an event's time must not have.
    return Math.floor(isShared ? earliestMs : apiMs)
  }

  claims({ wallMs, monotonicMs }: Moment): readonly Claim[] {
    const claims: Claim[] = [{ name: 'machine', offsetMs: wallMs - monotonicMs }]
    if (this.#apiOffsetMs !== undefined) claims.push({ name: 'api', offsetMs: this.#apiOffsetMs })
    if (this.#keptOffsetMs !== undefined) claims.push({ name: 'kept', offsetMs: this.#keptOffsetMs })
    return claims
  }

  /** To be called before the time matters: the machine's clock may have jumped. */
  look(at: Moment): TimeChange | undefined {
    const offsetMs = at.wallMs - at.monotonicMs
    const bootOffsetMs = this.#boot.wallMs - this.#boot.monotonicMs
    if (Math.abs(offsetMs - bootOffsetMs) > TOLERANCE_MS) this.#machineParted = true
    if (this.#confirmed !== 'machine' || this.#keptOffsetMs === undefined) return undefined
    if (Math.abs(offsetMs - this.#keptOffsetMs) <= TOLERANCE_MS) return undefined
    this.#heardAtMs = at.monotonicMs
    return this.#doubt('the clock of this machine jumped')
  }

  /** Takes the `Date` of an answer that carries a verdict. `from` tells endpoints apart; what has no `Date` is no claim. */
  observe(from: string, serverMs: number, at: Moment): TimeChange | undefined {
    this.#untoldForMs += Math.min(at.monotonicMs - this.#heardAtMs, MINUTE_MS)
    this.#heardAtMs = at.monotonicMs
    if (Number.isNaN(serverMs)) return this.#observeUndated(at)
    const offsetMs = serverMs + HALF_A_SECOND_MS - at.monotonicMs
    const machineOffsetMs = at.wallMs - at.monotonicMs
    this.#skewMs = serverMs + HALF_A_SECOND_MS - at.wallMs
    if (this.#confirmed === undefined) this.#apiOffsetMs = offsetMs
    const known = this.#confirmed === undefined ? undefined : this.now(at) - at.monotonicMs
    if (known !== undefined && Math.abs(offsetMs - known) <= TOLERANCE_MS) {
      this.#witnesses.delete(from)
      if (this.#confirmed === 'api') this.#follow(offsetMs, known)
      else this.#agree(offsetMs, at.monotonicMs)
      return undefined
    }
    const before = this.#witnesses.get(from)
    const now: Witness = { offsetMs, machineOffsetMs, atMs: at.monotonicMs }
    if (before === undefined || Math.abs(before.offsetMs - offsetMs) > TOLERANCE_MS) {
      this.#witnesses.set(from, now)
      return undefined
    }
    if (now.atMs - before.atMs < APART_MS) return undefined
    // The machine's clock may have been set since the older one: the next answer is held against this one.
    this.#witnesses.set(from, now)
    return this.#twoAgree(before, now)
  }

  /** An API that tells no time: its window may. */
  #observeUndated({ monotonicMs }: Moment): undefined {
    this.#undatedSinceMs ??= monotonicMs
    if (monotonicMs - this.#undatedSinceMs >= APART_MS) this.#differ = true
  }

  #agree(offsetMs: number, atMs: number): void {
    const before = this.#agreed
    if (before !== undefined && atMs - before.atMs < APART_MS) return
    this.#agreed = { offsetMs, atMs, leastMs: Math.min(offsetMs, before?.offsetMs ?? Number.NEGATIVE_INFINITY) }
  }

  #follow(offsetMs: number, knownOffsetMs: number): void {
    if (Math.abs(offsetMs - knownOffsetMs) > 4 * HALF_A_SECOND_MS) this.#keptOffsetMs = offsetMs
  }

  /** Two answers of one endpoint agree with each other. */
  #twoAgree(before: Witness, now: Witness): TimeChange | undefined {
    this.#apiOffsetMs = now.offsetMs
    if (this.#confirmed !== undefined) return this.#doubt("the API's clock differs from the one that was confirmed")
    const agrees = [before, now].every(
      ({ offsetMs, machineOffsetMs }) => Math.abs(offsetMs - machineOffsetMs) <= TOLERANCE_MS,
    )
    if (agrees) {
      const { offsetMs, atMs } = now
      this.#agreed = { offsetMs, atMs, leastMs: Math.min(before.offsetMs, offsetMs) }
      return this.#confirm('machine', now.machineOffsetMs)
    }
    this.#differ = true
    return undefined
  }

  /**
   * The window as a second witness: which claims had both their canaries pass, one stamped near the window's far end and one near its near
   * end. The only claim that did is confirmed. `isShort`: the far end told of nobody, and these are the claims that lie at the near end
   * from both sides; so little counts only when it was said twice, a minute apart.
   */
  judgeWindows(passed: readonly Claim[], at: Moment, isShort: boolean = false): TimeChange | undefined {
    if (this.#confirmed !== undefined) return undefined
    const distinct = passed.filter(
      (claim, index) =>
        !passed.slice(0, index).some((other) => Math.abs(other.offsetMs - claim.offsetMs) <= TOLERANCE_MS),
    )
    const [only] = distinct
    if (only === undefined || distinct.length > 1) return undefined
    const machineOffsetMs = at.wallMs - at.monotonicMs
    const isMachine = Math.abs(only.offsetMs - machineOffsetMs) <= TOLERANCE_MS
    if (isMachine && !isShort) return this.#confirm('machine', machineOffsetMs)
    if (!this.#toldTwice(only, at)) return undefined
    return isMachine ? this.#confirm('machine', machineOffsetMs) : this.#confirm('api', only.offsetMs)
  }

  /** `Date` and window are both the API's word: against the machine they count when they said the same for a minute. */
  #toldTwice({ offsetMs }: Claim, { monotonicMs }: Moment): boolean {
    const before = this.#told
    if (before === undefined || Math.abs(before.offsetMs - offsetMs) > TOLERANCE_MS) {
      this.#told = { offsetMs, atMs: monotonicMs }
      return false
    }
    return monotonicMs - before.atMs >= LASTING_MS
  }

  /**
   * No verdict that counts has come for 24 hours although it was asked for: the machine's clock counts, if it did not part from the
   * monotonic one, does not lie before the newest time that is known, and no `Date` that was seen speaks against it. A relay that is in
   * doubt itself answers, and says nothing of the time.
   */
  judgeSilence(at: Moment, newestMs: number): TimeChange | undefined {
    if (!this.isSilent(at) || this.#machineParted || at.wallMs < newestMs) return undefined
    const machineOffsetMs = at.wallMs - at.monotonicMs
    const seenMs = this.#apiOffsetMs ?? machineOffsetMs
    return Math.abs(seenMs - machineOffsetMs) > TOLERANCE_MS ? undefined : this.#confirm('machine', machineOffsetMs)
  }

  /** In doubt, and nothing was heard of the time for so long that the machine may count. */
  isSilent({ monotonicMs }: Moment): boolean {
    return this.#confirmed === undefined && monotonicMs - this.#heardAtMs >= SILENT_FOR_MS
  }

  #confirm(by: 'machine' | 'api', offsetMs: number): TimeChange {
    this.#confirmed = by
    this.#keptOffsetMs = offsetMs
    this.#differ = false
    this.#told = undefined
    this.#witnesses.clear()
    return { what: 'confirmed', by, skewMs: by === 'machine' ? 0 : this.#skewMs }
  }

  #doubt(reason: string): TimeChange {
    this.#confirmed = undefined
    this.#untoldForMs = 0
    this.#agreed = undefined
    this.#undatedSinceMs = undefined
    return { what: 'doubted', reason }
  }
}
