import { existsSync } from 'node:fs'
import { FilesError, type KeptRepeat, type OrderFindings, type Stamp } from '../files/index.ts'
import type { Store } from '../store/index.ts'
import { isSameRule, type RunRule, shownRule } from './run-rule.ts'
import { deliveredUnder } from './sent-book/index.ts'
import { accountName, openState } from './state-file.ts'

/** What the first reading of a file found, so that a run that goes on need not read it twice. */
export interface KeptJudgement extends OrderFindings {
  readonly stamp: Stamp
  /** What it rests on beside the file: map and options. */
  readonly given: string
  readonly map: Readonly<Record<string, unknown>>
  readonly columns: readonly string[]
  readonly repeats: readonly KeptRepeat[]
  readonly fileZone?: string | undefined
}

/** More than this is read from the file again. */
const MAX_KEPT_REPEATS = 100_000

export interface RunStateOptions {
  readonly endpoint: string
  readonly pixelId: string
  /** Begins a new account: what was delivered before is sent again. */
  readonly fresh: boolean
  /** A person says that this run makes the ids that the runs before made. */
  readonly sameIds: boolean
}

/** The state of a file's runs: what was delivered, how its ids were made, and what the first reading found. */
export class RunState {
  readonly path: string
  readonly #options: RunStateOptions
  #store: Store | undefined

  constructor(path: string, options: RunStateOptions) {
    this.path = path
    this.#options = options
  }

  /** Opens what an earlier run left; a first run leaves nothing before it sends. */
  async openKept(): Promise<void> {
    if (existsSync(this.path)) await this.store()
  }

  async store(): Promise<Store> {
    this.#store ??= await openState(this.path)
    return this.#store
  }

  /**
   * Stops a run that would make other ids than the runs before it: each event would count twice. Throws `FilesError` that says how many
   * and what to do.
   */
  async requireSameRule(rule: RunRule): Promise<void> {
    const store = this.#store
    if (store === undefined || this.#options.fresh || this.#options.sameIds) return
    const account = await this.#account(store)
    const delivered = await deliveredUnder(store, account)
    const known = await this.#rules(store, account)
    if (delivered === 0 || known.some((each) => isSameRule(each, rule))) return
    const events = `${delivered.toLocaleString('en-US')} event${delivered === 1 ? ' was' : 's were'} delivered`
    if (known.length === 0)
      throw new FilesError(
        `${this.path}: ${events} by an earlier version, which did not write down how their ids were made. This run makes them from ${shownRule(rule)}; if that version made them otherwise, all would count twice. Say --same-ids if they are the same, or --fresh to send all of it as new. Nothing was sent.`,
      )
    throw new FilesError(
      `${this.path}: ${events} with ids from ${known.map(shownRule).join(' and from ')}; this run would make them from ${shownRule(rule)}, and what was delivered would count twice. Use the map of before, or say --fresh if a second count is wanted (--same-ids if the ids are the same all the same). Nothing was sent.`,
    )
  }

  /** The account under which this run's events are kept, its rule written down. */
  async begin(rule: RunRule): Promise<string> {
    const store = await this.store()
    const account = await accountName(store, this.#options)
    const known = this.#options.fresh ? [] : await this.#rules(store, account)
    if (!known.some((each) => isSameRule(each, rule)))
      await store.setMeta(ruleKey(account), JSON.stringify([...known, rule]))
    return account
  }

  /** What the first reading found when the file and all that was said of it were the same; `undefined` otherwise. */
  async kept(
    given: string,
    stamp: () => Promise<Stamp | undefined>,
    looks: Pick<Stamp, 'size' | 'modifiedMs'>,
  ): Promise<KeptJudgement | undefined> {
    const text = await this.#store?.getMeta(JUDGEMENT)
    if (text === undefined || text === '') return undefined
    const kept = JSON.parse(text) as KeptJudgement
    if (kept.given !== given || kept.stamp.size !== looks.size || kept.stamp.modifiedMs !== looks.modifiedMs)
      return undefined
    return (await stamp())?.digest === kept.stamp.digest ? kept : undefined
  }

  async keep(judgement: KeptJudgement): Promise<void> {
    if (judgement.repeats.length > MAX_KEPT_REPEATS) return
    const store = await this.store()
    await store.setMeta(JUDGEMENT, JSON.stringify(judgement))
  }

  /** Call unless a sender has taken the store over. */
  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = undefined
  }

  async #account(store: Store): Promise<string> {
    return await accountName(store, { ...this.#options, fresh: false })
  }

  async #rules(store: Store, account: string): Promise<RunRule[]> {
    const text = await store.getMeta(ruleKey(account))
    return text === undefined ? [] : (JSON.parse(text) as RunRule[])
  }
}

const JUDGEMENT = 'judgement'

function ruleKey(account: string): string {
  return `rule:${account}`
}
