import { SECOND_MS } from 'waybill/delivery'
import {
  CHORES,
  type Claim,
  type Claims,
  EXPIRY,
  type ReadySeveral,
  type RelayRow,
  unlessPassing,
} from '../../store/index.ts'
import type { EngineParts } from '../parts.ts'
import type { PixelDelivery } from '../pixel-delivery.ts'
import { Waker } from '../waker.ts'
import type { Ownership } from './ownership.ts'
import { noteOf, recallNote } from './pixel-note.ts'
import {
  idleOf,
  isGone,
  LASTS_MS,
  type Left,
  type Look,
  leftOf,
  nextChangeMs,
  type OwnPixel,
  oneToGive,
  RENEW_EVERY_MS,
  type Sightings,
  sight,
  toClaim,
} from './rules.ts'

const NOTE_EVERY_MS = SECOND_MS
const TAKE_OVER_AT_ONCE = 500

/** What a relay keeps in mind of something that it has. */
interface Owned {
  activeAtMs: number
  readonly givenUpAtMs: number | undefined
  /** Of what was noted last. */
  mark: string | undefined
  /** Shapes that the store knows of it. */
  kept: ReadonlySet<string>
}

export interface KeeperParts extends Pick<EngineParts, 'runtime' | 'clock' | 'events'> {
  readonly claims: Claims
  readonly pixels: ReadonlyMap<string, PixelDelivery>
  /** For people: which machine and process this is. */
  readonly name: string
  /** Something is to be sent, or somebody is to look. */
  readonly wake: () => void
}

/**
 * Keeps the claims of one relay among several: renews its row, takes what nobody has and what a relay that is gone had, gives up what is
 * idle or better with another, and writes down what must outlive it. A pixel that it does not have, or not for long enough, is halted.
 */
export class ClaimKeeper implements Ownership {
  readonly #parts: KeeperParts
  readonly #owned = new Map<string, Owned>()
  /** What nobody has, since when that is known. */
  #unclaimed = new Map<string, number>()
  /** What was given up so that another could take it, and when. */
  readonly #left = new Map<string, number>()
  readonly #touched = new Set<string>()
  readonly #over = new AbortController()
  readonly #waker: Waker
  #sightings: Sightings = new Map()
  #rows: readonly RelayRow[] = []
  #endMs = Number.NEGATIVE_INFINITY
  #isHalted = true
  #term = new AbortController()
  #nextBeatMs = Number.NEGATIVE_INFINITY
  #notedMs = Number.NEGATIVE_INFINITY
  /** A call failed, and may have been done: what the store says that this relay has may be more or less. */
  #isUnsure = false
  /** Calls that change claims come one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#waker = new Waker(parts.runtime, this.#over.signal)
  }

  has(what: string): boolean {
    return this.#owned.has(what) && this.#remaining() === 'all'
  }

  mayBegin(pixel: string): boolean {
    return this.has(pixel)
  }

  bounded(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#term.signal])
  }

  learned(pixel: string): void {
    this.#touched.add(pixel)
    if (this.#touched.size === 1) this.#waker.wake()
  }

  /** Runs until {@link leave}. Rejects with what does not pass by itself. */
  async run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const nowMs = this.#now()
      if (nowMs >= this.#nextBeatMs) {
        this.#nextBeatMs = nowMs + RENEW_EVERY_MS
        await unlessPassing(() => this.#beat())
      }
      if (this.#touched.size > 0 && this.#now() - this.#notedMs >= NOTE_EVERY_MS)
        await unlessPassing(() => this.#noteAll([...this.#touched], false))
      await this.#waker.wait(this.#waitMs())
    }
  }

  /** Halts and gives up in time, whatever the store does meanwhile. Runs until {@link leave}. */
  async watch(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const nowMs = this.#now()
      this.#remaining()
      const untilMs = nextChangeMs(this.#endMs, nowMs) ?? nowMs + RENEW_EVERY_MS
      await this.#parts.runtime.sleep(Math.max(1, untilMs - nowMs), this.#over.signal)
    }
  }

  /** Gives all up at once. Nothing may be under way any more. */
  async leave(): Promise<void> {
    this.#over.abort()
    await unlessPassing(async () => {
      await this.#noteAll([...this.#owned.keys()], true)
      await this.#inTurn(() => this.#parts.claims.leave())
    })
    this.#owned.clear()
  }

  /** Takes note of what the store has to do, and claims what nobody has. */
  async see({ pixels }: { readonly pixels: readonly string[] }, { held, unclaimed }: ReadySeveral): Promise<void> {
    const nowMs = this.#now()
    for (const pixel of [...pixels, ...held]) this.#active(pixel, nowMs)
    const isOurs = (pixel: string): boolean => this.#parts.pixels.has(pixel)
    const free = unclaimed.filter(isOurs)
    this.#unclaimed = new Map(free.map((pixel) => [pixel, this.#unclaimed.get(pixel) ?? nowMs]))
    const wanted = toClaim(
      free.map((pixel) => ({ pixel, sinceMs: this.#unclaimed.get(pixel)!, leftAtMs: this.#left.get(pixel) })),
      { own: this.#ownPixels().length, rows: this.#rows, nowMs },
    )
    if (wanted.length > 0 && this.#remaining() === 'all') await unlessPassing(() => this.#claim(wanted))
  }

  #now(): number {
    return this.#parts.runtime.monotonic()
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => {
      this.#isUnsure = true
    })
    return mine
  }

  #waitMs(): number {
    const nowMs = this.#now()
    const noteAtMs = this.#touched.size > 0 ? this.#notedMs + NOTE_EVERY_MS : Number.POSITIVE_INFINITY
    return Math.max(1, Math.min(this.#nextBeatMs, noteAtMs) - nowMs)
  }

  /** What may still be done; what may not is stopped at once. */
  #remaining(): Left {
    const left = leftOf(this.#endMs, this.#now())
    if (left !== 'all' && !this.#isHalted) {
      this.#isHalted = true
      for (const what of this.#owned.keys()) this.#parts.pixels.get(what)?.halt('unclaimed')
      this.#parts.events.emit('claims:ended', { pixels: this.#ownPixels().length })
    }
    if (left === 'none') this.#term.abort()
    return left
  }

  #beat(): Promise<void> {
    return this.#inTurn(async () => {
      const { claims, name } = this.#parts
      const askedMs = this.#now()
      this.#rows = await claims.renew({ name, forMs: LASTS_MS })
      const look = { askedMs, answeredMs: this.#now() }
      const hadEnded = this.#remaining() !== 'all'
      const own = this.#rows.find(({ isOwn }) => isOwn)?.pixels
      if (hadEnded || this.#isUnsure || own !== this.#ownPixels().length) this.#reconcile(await claims.owned())
      this.#isUnsure = false
      this.#endMs = askedMs + LASTS_MS
      this.#sightings = sight(this.#sightings, this.#rows, look)
      if (this.#remaining() !== 'all') return
      if (this.#isHalted) this.#goOn()
      await this.#takeOver(look)
      await this.#claimChores()
      await this.#giveUpSome()
    })
  }

  /** What another relay took meanwhile is gone. What was claimed without an answer is claimed again, to hear what was noted of it. */
  #reconcile(owned: readonly string[]): void {
    const still = new Set(owned)
    for (const what of [...this.#owned.keys()]) if (!still.has(what)) this.#lose(what)
    const unheard = owned.filter((what) => !this.#owned.has(what))
    if (unheard.length > 0) void unlessPassing(() => this.#inTurn(() => this.#parts.claims.giveUp(unheard)))
  }

  #goOn(): void {
    this.#isHalted = false
    this.#term = new AbortController()
    for (const what of this.#owned.keys()) this.#parts.pixels.get(what)?.goOn('unclaimed')
    this.#parts.events.emit('claims:renewed', { pixels: this.#ownPixels().length })
    this.#parts.wake()
  }

  async #takeOver(look: Look): Promise<void> {
    const { claims } = this.#parts
    for (const row of this.#rows.filter((one) => isGone(one, this.#sightings, look))) {
      for (;;) {
        const taken = await claims.takeOver(row, TAKE_OVER_AT_ONCE)
        await this.#gain(taken, row.name)
        if (taken.length === 0 || this.#remaining() !== 'all') break
      }
    }
  }

  /** Only a relay that knows what time it is ends what is too old. */
  async #claimChores(): Promise<void> {
    const { claims, clock } = this.#parts
    const isConfirmed = clock.isConfirmed()
    const wanted = [CHORES, ...(isConfirmed ? [EXPIRY] : [])].filter((what) => !this.#owned.has(what))
    if (wanted.length > 0) await this.#gain(await claims.claim(wanted), undefined)
    if (isConfirmed || !this.#owned.has(EXPIRY)) return
    this.#owned.delete(EXPIRY)
    await claims.giveUp([EXPIRY])
  }

  async #giveUpSome(): Promise<void> {
    const nowMs = this.#now()
    const pixels = this.#ownPixels()
    const idle = idleOf(pixels, nowMs)
    if (idle.length > 0) return this.#giveUp(idle, 'idle')
    const one = oneToGive(pixels, { rows: this.#rows, left: this.#left, nowMs })
    if (one === undefined) return
    this.#left.set(one, nowMs)
    await this.#giveUp([one], 'balance')
  }

  #ownPixels(): OwnPixel[] {
    const nowMs = this.#now()
    return [...this.#owned].flatMap(([what, { givenUpAtMs }]) => {
      if (what === CHORES || what === EXPIRY) return []
      const isBusy = this.#parts.pixels.get(what)?.isBusy === true
      if (isBusy) this.#active(what, nowMs)
      return [{ pixel: what, isBusy, givenUpAtMs, activeAtMs: this.#owned.get(what)!.activeAtMs }]
    })
  }

  #active(what: string, nowMs: number): void {
    const owned = this.#owned.get(what)
    if (owned !== undefined) owned.activeAtMs = nowMs
  }

  #claim(wanted: readonly string[]): Promise<void> {
    return this.#inTurn(async () => this.#gain(await this.#parts.claims.claim(wanted), undefined))
  }

  /** What belongs to no pixel that is configured here is left to relays that know it. */
  async #gain(claims: readonly Claim[], from: string | undefined): Promise<void> {
    const isKnown = ({ what }: Claim): boolean => what === CHORES || what === EXPIRY || this.#parts.pixels.has(what)
    for (const claim of claims.filter(isKnown)) this.#own(claim, from)
    const strange = claims.filter((claim) => !isKnown(claim)).map(({ what }) => what)
    if (strange.length > 0) await this.#parts.claims.giveUp(strange)
    if (claims.length > 0) this.#parts.wake()
  }

  #own({ what, note, givenUpAgoMs, shapes }: Claim, from: string | undefined): void {
    const nowMs = this.#now()
    const givenUpAtMs = givenUpAgoMs === undefined ? undefined : nowMs - givenUpAgoMs
    this.#owned.set(what, { activeAtMs: nowMs, givenUpAtMs, mark: undefined, kept: new Set(shapes) })
    this.#unclaimed.delete(what)
    this.#left.delete(what)
    const pixel = this.#parts.pixels.get(what)
    if (pixel === undefined) return this.#parts.events.emit('chores:claimed', { what: what.trim() })
    if (note !== undefined) recallNote(pixel, note, nowMs)
    pixel.learned.recallShapes(shapes)
    if (!this.#isHalted) pixel.goOn('unclaimed')
    this.#parts.events.emit('pixel:claimed', { pixel: what, from })
  }

  #lose(what: string): void {
    this.#owned.delete(what)
    const pixel = this.#parts.pixels.get(what)
    pixel?.halt('unclaimed')
    if (pixel !== undefined) this.#parts.events.emit('pixel:left', { pixel: what, why: 'taken' })
  }

  async #giveUp(pixels: readonly string[], why: 'idle' | 'balance'): Promise<void> {
    for (const pixel of pixels) this.#parts.pixels.get(pixel)?.halt('unclaimed')
    try {
      for (const pixel of pixels) await this.#note(pixel, true)
      await this.#parts.claims.giveUp(pixels)
    } catch (error) {
      // Whether it was given up nobody knows; the next look at what it has tells.
      if (!this.#isHalted) for (const pixel of pixels) this.#parts.pixels.get(pixel)?.goOn('unclaimed')
      throw error
    }
    for (const pixel of pixels) {
      this.#owned.delete(pixel)
      this.#parts.events.emit('pixel:left', { pixel, why })
    }
  }

  async #noteAll(pixels: readonly string[], isLast: boolean): Promise<void> {
    this.#notedMs = this.#now()
    this.#touched.clear()
    try {
      await this.#inTurn(async () => {
        for (const pixel of pixels) await this.#note(pixel, isLast)
      })
    } catch (error) {
      // Nothing more may be learned for as long as a pause lasts that was not written down.
      for (const pixel of pixels) this.#touched.add(pixel)
      throw error
    }
  }

  async #note(what: string, isLast: boolean): Promise<void> {
    const [pixel, owned] = [this.#parts.pixels.get(what), this.#owned.get(what)]
    if (pixel === undefined || owned === undefined) return
    await this.#keepShapes(pixel, owned)
    const nowMs = this.#now()
    const { text, mark, waitsUntilMs } = noteOf(pixel, nowMs)
    // How long ago it was written tells the store's clock, which may step: the younger the better.
    if (mark === owned.mark && !(isLast && waitsUntilMs > nowMs)) return
    if (await this.#parts.claims.note(what, text)) owned.mark = mark
  }

  /** Writes down what changed, of which a new owner need not ask the API. */
  async #keepShapes({ id, learned }: PixelDelivery, owned: Owned): Promise<void> {
    const known = new Set(learned.knownShapes)
    const taken = [...known].filter((shape) => !owned.kept.has(shape))
    const gone = [...owned.kept].filter((shape) => !known.has(shape))
    if (taken.length === 0 && gone.length === 0) return
    if (await this.#parts.claims.keepShapes(id, { taken, gone })) owned.kept = known
  }
}
