import type { Contract, ContractSetting } from 'waybill'
import { type AccountContract, createAccountContract, type Post } from 'waybill/client'
import { type Answer, Gate, Learned } from 'waybill/delivery'
import { contractKey, contractNote, contractsIn } from './contract-note.ts'
import { Miscounted } from './miscounted.ts'
import type { EngineParts } from './parts.ts'
import { Patience } from './patience.ts'
import type { PixelConfig } from './pixel.ts'
import { TlsWatch } from './tls-watch.ts'

/** More than two requests can hold: a request of nothing but new shapes must not make what is delivered beside it unknown. */
const MAX_KNOWN_SHAPES = 2_500

/**
 * Why nothing of a pixel leaves although the engine works: it was taken out of the configuration, an operator holds it, or it is not this
 * relay's now.
 */
export type Halt = 'unconfigured' | 'held' | 'unclaimed'

/** Of a request that was not sent: the pixel was not this relay's any more at that moment. */
const NOT_SENT: Answer = { kind: 'failure', reason: 'network' }

/**
 * One pixel's delivery: its settings, its pace, and what was learned of its API. Pixels know nothing of each other. While one is halted,
 * a request in flight ends, its answer is settled, and the rest of its batch returns to the queue.
 */
export class PixelDelivery {
  /** The engine's, with a stop of this pixel's own. */
  readonly parts: EngineParts
  readonly gate: Gate
  readonly learned: Learned
  readonly patience: Patience
  readonly miscounted: Miscounted = new Miscounted()
  /** Holds that are being written; awaited before the batch that caused them is settled. */
  readonly holdsUnderWay: Map<string, Promise<unknown>> = new Map()
  readonly #shared: EngineParts
  readonly #halts = new Set<Halt>()
  readonly #tls: TlsWatch
  #config: PixelConfig
  #account: AccountContract | undefined
  #post: Post
  #stop = new AbortController()
  /** Aborted when the engine stops or this pixel is halted: pauses end, and nobody waits at the gate. */
  #pauseSignal: AbortSignal
  /** Batches under way. */
  lanes = 0
  /** A lane has examples of new shapes validated; one at a time, so that the others deliver what is known. */
  isValidating = false
  /** What is suspected is asked in a lane of its own. */
  isAskingSuspects = false
  /** Probes of its holds under way. */
  probes = 0

  constructor(config: PixelConfig, shared: EngineParts) {
    this.#shared = shared
    this.#config = config
    this.#tls = new TlsWatch(config.pixelId, shared.events)
    this.#post = this.#watched(config)
    this.#pauseSignal = AbortSignal.any([shared.pauseSignal, this.#stop.signal])
    this.parts = this.#ownParts()
    this.learned = new Learned(config.maxBodyBytes, () => shared.runtime.monotonic(), MAX_KNOWN_SHAPES)
    this.gate = new Gate(() => this.#config, shared.runtime)
    this.patience = new Patience(() => this.#config.maxWaitMs ?? 0, shared.runtime)
    if (!shared.ownership.has(config.pixelId)) this.halt('unclaimed')
  }

  #ownParts(): EngineParts {
    const shared = this.#shared
    const pauseSignal = (): AbortSignal => this.#pauseSignal
    return {
      ...shared,
      isStopping: () => this.isHalted || shared.isStopping(),
      get pauseSignal() {
        return pauseSignal()
      },
    }
  }

  /** Every request, also one that only asks for the time. */
  #watched(config: PixelConfig, reads?: readonly Contract[]): Post {
    const direct = this.#shared.createPost(config)
    const { clock, store, ownership } = this.#shared
    const post: Post = async (body, { timeoutMs, signal }) => {
      // The last look before it leaves: a process that stood still may have lost its pixels meanwhile.
      if (!ownership.mayBegin(config.pixelId)) return NOT_SENT
      return this.#tls.see(await direct(body, { timeoutMs, signal: ownership.bounded(signal) }))
    }
    this.#account =
      config.contract === 'auto'
        ? createAccountContract({
            post,
            now: () => clock.now(),
            known: reads,
            onLearned: (contracts) => void store.setMeta(...contractNote(config, contracts)).catch(() => {}),
          })
        : undefined
    return this.#account?.post ?? post
  }

  /** What the account was found to read in an earlier life of the relay. */
  async recall(): Promise<void> {
    if (this.#account === undefined || this.#account.reads !== undefined) return
    const reads = contractsIn(await this.#shared.store.getMeta(contractKey(this.#config.pixelId)), this.#config)
    if (reads !== undefined && this.#account?.reads === undefined) this.#post = this.#watched(this.#config, reads)
  }

  /** What events of this pixel are to be judged by: under `auto`, what its account is known to read. */
  get form(): ContractSetting {
    return this.#account?.form ?? this.#config.contract
  }

  /** Under `auto`: the generations that the account said it reads; `undefined` until it was asked. */
  get reads(): readonly Contract[] | undefined {
    return this.#account?.reads
  }

  get id(): string {
    return this.#config.pixelId
  }

  get isHalted(): boolean {
    return this.#halts.size > 0
  }

  /** Something of it is leased or in flight. */
  get isBusy(): boolean {
    return this.lanes > 0 || this.isAskingSuspects || this.probes > 0 || this.gate.standing().inFlight > 0
  }

  halt(why: Halt): void {
    this.#halts.add(why)
    this.#stop.abort()
  }

  /** Ends one reason to stand still; what it learned before is still known. */
  goOn(why: Halt): void {
    if (!this.#halts.delete(why) || this.isHalted) return
    this.#stop = new AbortController()
    this.#pauseSignal = AbortSignal.any([this.#shared.pauseSignal, this.#stop.signal])
  }

  get config(): PixelConfig {
    return this.#config
  }

  /** The endpoint is a relay that does not know what time it is. */
  get endpointInDoubt(): boolean {
    return this.#shared.endpointsInDoubt.has(this.#config.endpoint)
  }

  get post(): Post {
    return this.#post
  }

  /** Takes new settings, such as a corrected key; requests in flight end with the old ones. */
  configure(config: PixelConfig): void {
    const isSame = this.#config.endpoint === config.endpoint && this.#config.apiKey === config.apiKey
    const reads = isSame ? this.reads : undefined
    this.#config = config
    this.#post = this.#watched(config, reads)
    this.learned.setMaxBodyBytes(config.maxBodyBytes)
  }
}
