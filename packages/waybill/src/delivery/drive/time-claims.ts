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
/** Of the time between two questions no more counts: whoever was not asked meanwhile was not silent. */
const ASKED_AGAIN_MS: number = 10 * MINUTE_MS

/** An answer's `Date`, kept until a second one, of the same endpoint, agrees with it. */
interface Witness {
  readonly offsetMs: number
  readonly machineOffsetMs: number
  readonly atMs: number
}

/** What the window of an endpoint said of the time. */
export interface WindowTold {
  /** Tells endpoints apart. */
  readonly from: string
  /** The far end told of nobody, and these are the claims that lie at the near end from both sides. */
  readonly isShort?: boolean
  /** A canary passed: the API judges. Default: where one of the claims passed. */
  readonly isJudging?: boolean
}

export class TimeClaims {
  readonly #boot: Moment
  #confirmed: 'machine' | 'api' | undefined
  /** Of the claim that was confirmed last, also while it is in doubt. */
  #keptOffsetMs: number | undefined
  #apiOffsetMs: number | undefined
  #witnesses = new Map<string, Witness>()
  #machineParted = false
  /** Monotonic: when somebody was asked last, or a verdict came that counts as a claim, or doubt began. */
  #askedAtMs: number
  /** Of this doubt, since the last such verdict: for how long was asked. */
  #silentForMs = 0
  /** By endpoint: for how long its window has told nothing in this doubt, and when it was asked last. */
  #untold = new Map<string, { readonly forMs: number; readonly atMs: number }>()
  /** By endpoint: the last claim that it made. */
  #lastWords = new Map<string, { readonly offsetMs: number; readonly atMs: number }>()
  /** Monotonic: the first `Date` of this doubt. */
  #datedSinceMs: number | undefined
  #differ = false
  #undatedSinceMs: number | undefined
  /** What the window told first, against the machine. */
  #told: { readonly offsetMs: number; readonly atMs: number } | undefined
  #skewMs = 0
  /** The last answer that agreed with the machine, and the earlier of the times that it and the one before it told. */
  #agreed: { readonly offsetMs: number; readonly atMs: number; readonly leastMs: number } | undefined

  constructor(boot: Moment) {
    this.#boot = boot
    this.#askedAtMs = boot.monotonicMs
  }

  get confirmedBy(): 'machine' | 'api' | undefined {
    return this.#confirmed
  }

  /** How far the API's clock was ahead of this machine's, as last seen. */
  get skewMs(): number {
    return this.#skewMs
  }

  /** Two answers differ from the machine, no two agree for a minute, or they have no `Date`: the window has to tell which is right. */
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
   * For how long the window of an endpoint has been asked since the time was doubted last, and did not tell it although the API judges,
   * milliseconds: a minute at most from one answer to the next, since an API that is away tells nothing.
   */
  untoldForMs(from: string): number {
    return this.#confirmed === undefined ? (this.#untold.get(from)?.forMs ?? 0) : 0
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
    return this.#doubt('the clock of this machine jumped', at)
  }

  /** Takes the `Date` of an answer that carries a verdict. `from` tells endpoints apart; what has no `Date` is no claim. */
  observe(from: string, serverMs: number, at: Moment): TimeChange | undefined {
    this.#heard(at)
    if (Number.isNaN(serverMs)) return this.#observeUndated(at)
    const offsetMs = serverMs + HALF_A_SECOND_MS - at.monotonicMs
    const machineOffsetMs = at.wallMs - at.monotonicMs
    this.#lastWords.set(from, { offsetMs, atMs: at.monotonicMs })
    this.#skewMs = serverMs + HALF_A_SECOND_MS - at.wallMs
    if (this.#confirmed === undefined) this.#noteDated(offsetMs, at)
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
    return this.#twoAgree(before, now, at)
  }

  /** Somebody is asked, or was, what time it is. */
  asked({ monotonicMs }: Moment): void {
    this.#silentForMs += Math.min(ASKED_AGAIN_MS, Math.max(0, monotonicMs - this.#askedAtMs))
    this.#askedAtMs = Math.max(this.#askedAtMs, monotonicMs)
  }

  #heard({ monotonicMs }: Moment): void {
    this.#silentForMs = 0
    this.#askedAtMs = monotonicMs
  }

  /** Of answers that agree neither with the machine nor with each other, such as of two servers in turn, none will ever tell. */
  #noteDated(offsetMs: number, { monotonicMs }: Moment): void {
    this.#apiOffsetMs = offsetMs
    this.#datedSinceMs ??= monotonicMs
    if (monotonicMs - this.#datedSinceMs >= LASTING_MS) this.#differ = true
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
  #twoAgree(before: Witness, now: Witness, at: Moment): TimeChange | undefined {
    this.#apiOffsetMs = now.offsetMs
    if (this.#confirmed !== undefined) return this.#doubt("the API's clock differs from the one that was confirmed", at)
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
   * end. The only claim that did is confirmed. `isShort`: so little counts only when it was said twice, a minute apart.
   */
  judgeWindows(
    passed: readonly Claim[],
    at: Moment,
    { from, isShort = false, isJudging = passed.length > 0 }: WindowTold,
  ): TimeChange | undefined {
    if (this.#confirmed !== undefined) return undefined
    const distinct = passed.filter(
      (claim, index) =>
        !passed.slice(0, index).some((other) => Math.abs(other.offsetMs - claim.offsetMs) <= TOLERANCE_MS),
    )
    const [only] = distinct
    if (only === undefined || distinct.length > 1) {
      if (isJudging) this.#noteUntold(from, at)
      return undefined
    }
    const machineOffsetMs = at.wallMs - at.monotonicMs
    const isMachine = Math.abs(only.offsetMs - machineOffsetMs) <= TOLERANCE_MS
    if (isMachine && !isShort) return this.#confirm('machine', machineOffsetMs)
    if (!isMachine && this.#isOpposed(only, from, at)) return undefined
    if (!this.#toldTwice(only, at)) return undefined
    return isMachine ? this.#confirm('machine', machineOffsetMs) : this.#confirm('api', only.offsetMs)
  }

  #noteUntold(from: string, { monotonicMs }: Moment): void {
    const { forMs = 0, atMs = monotonicMs } = this.#untold.get(from) ?? {}
    this.#untold.set(from, { forMs: forMs + Math.min(monotonicMs - atMs, MINUTE_MS), atMs: monotonicMs })
  }

  /** One API against the machine counts only where no other has said something else in the last day, which may be away now. */
  #isOpposed({ offsetMs }: Claim, from: string, { monotonicMs }: Moment): boolean {
    return [...this.#lastWords].some(
      ([other, said]) =>
        other !== from && monotonicMs - said.atMs < SILENT_FOR_MS && Math.abs(said.offsetMs - offsetMs) > TOLERANCE_MS,
    )
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
    if (!this.isSilent || this.#machineParted || at.wallMs < newestMs) return undefined
    const machineOffsetMs = at.wallMs - at.monotonicMs
    const seenMs = this.#apiOffsetMs ?? machineOffsetMs
    return Math.abs(seenMs - machineOffsetMs) > TOLERANCE_MS ? undefined : this.#confirm('machine', machineOffsetMs)
  }

  /** In doubt, and nothing was heard of the time for so long, although asked, that the machine may count. */
  get isSilent(): boolean {
    return this.#confirmed === undefined && this.#silentForMs >= SILENT_FOR_MS
  }

  #confirm(by: 'machine' | 'api', offsetMs: number): TimeChange {
    this.#confirmed = by
    this.#keptOffsetMs = offsetMs
    this.#differ = false
    this.#told = undefined
    this.#witnesses.clear()
    return { what: 'confirmed', by, skewMs: by === 'machine' ? 0 : this.#skewMs }
  }

  #doubt(reason: string, at: Moment): TimeChange {
    this.#confirmed = undefined
    this.#heard(at)
    this.#untold.clear()
    this.#datedSinceMs = undefined
    this.#agreed = undefined
    this.#undatedSinceMs = undefined
    return { what: 'doubted', reason }
  }
}
