import { StoreBrokenError, StoreClosedError, StoreError, StoreFullError } from '../errors.ts'
import type { Database, Row } from './database.ts'
import { faultOf } from './fault.ts'
import { type Join, runOperations } from './join.ts'

/** One caller's part of a transaction. */
export interface Operation<Result> {
  /** Runs inside the transaction and must not wait. */
  readonly run: () => Result
  /** Rows it touches, roughly, and bytes it brings: these bound a transaction. */
  readonly rows: number
  readonly bytes: number
  /** Brings new events: refused first when there is no room, so that what frees room can go on. */
  readonly grows: boolean
  /** For one that goes through a list and gives a result for each item. */
  readonly join?: Join
}

export interface GroupHooks {
  /** Inside the transaction, after the last operation. */
  readonly beforeCommit: () => void
  readonly committed: () => void
  /** After COMMIT, before anybody is answered: why what was committed does not count as on disk, or `undefined`. */
  readonly lost: () => StoreBrokenError | undefined
  readonly rolledBack: () => void
  readonly onBroken: (error: StoreBrokenError) => void
}

export interface GroupOptions {
  /** Calls back soon; what callers ask for until then shares one transaction. */
  readonly schedule: (flush: () => void) => void
  readonly maxRows: number
  readonly maxBytes: number
  /** Pages in the log after which it is copied into the file. */
  readonly checkpointPages: number
  /** So long after the last copy the next commit copies it too. */
  readonly checkpointEveryMs: number
  readonly monotonicMs: () => number
}

interface Waiting {
  readonly operation: Operation<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Each commit writes about this many pages beside those of its rows. */
const PAGES_PER_COMMIT = 8
/** Until the first checkpoint shows it: between rows that lie together (0.2) and rows with random ids (1 and more). */
const PAGES_PER_ROW = 0.5

/**
 * Group commit: one transaction, and so one sync of the disk, for all that was asked for since the last.
 * Callers are answered after COMMIT. When a group fails, it is rolled back and tried in smaller parts, so that one caller's
 * failure stays that caller's.
 */
export class GroupCommit {
  readonly #database: Database
  readonly #hooks: GroupHooks
  readonly #options: GroupOptions
  #queue: Waiting[] = []
  #scheduled = false
  #commits = 0
  #rows = 0
  #pagesPerRow = PAGES_PER_ROW
  #checkpointedMs: number
  #closed = false
  #broken: StoreBrokenError | undefined

  constructor(database: Database, hooks: GroupHooks, options: GroupOptions) {
    this.#database = database
    this.#hooks = hooks
    this.#options = options
    this.#checkpointedMs = options.monotonicMs()
  }

  submit<Result>(operation: Operation<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const error = this.stopped()
      if (error !== undefined) return reject(error)
      this.#queue.push({ operation, resolve: resolve as (value: unknown) => void, reject })
      this.#scheduleFlush()
    })
  }

  /** Why nothing is taken any more, or `undefined`. */
  stopped(): StoreError | undefined {
    return this.#broken ?? (this.#closed ? new StoreClosedError('The store is closed.') : undefined)
  }

  /** Commits what waits and takes nothing more. */
  close(): void {
    this.#closed = true
    while (this.#queue.length > 0) this.#flush()
  }

  /** Makes the store unusable: nothing that was not committed is acknowledged from here on. */
  fail(cause: unknown): StoreBrokenError {
    if (this.#broken !== undefined) return this.#broken
    this.#broken = cause instanceof StoreBrokenError ? cause : failureOf(cause)
    for (const waiting of this.#queue.splice(0)) waiting.reject(this.#broken)
    this.#hooks.onBroken(this.#broken)
    return this.#broken
  }

  #scheduleFlush(): void {
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    this.#options.schedule(() => {
      this.#scheduled = false
      this.#flush()
      this.#scheduleFlush()
    })
  }

  #flush(): void {
    const group = this.#takeGroup()
    if (group.length > 0) this.#commitOrSplit(group)
    const pages = this.#commits * PAGES_PER_COMMIT + this.#rows * this.#pagesPerRow
    if (pages >= this.#options.checkpointPages || (pages > 0 && this.#isOverdue())) this.checkpoint('PASSIVE')
  }

  #isOverdue(): boolean {
    const { checkpointEveryMs, monotonicMs } = this.#options
    return monotonicMs() - this.#checkpointedMs >= checkpointEveryMs
  }

  #takeGroup(): Waiting[] {
    let rows = 0
    let bytes = 0
    let count = 0
    for (const { operation } of this.#queue) {
      rows += operation.rows
      bytes += operation.bytes
      if (count > 0 && (rows > this.#options.maxRows || bytes > this.#options.maxBytes)) break
      count++
    }
    return this.#queue.splice(0, count)
  }

  #commitOrSplit(group: readonly Waiting[]): void {
    if (this.#broken !== undefined) return rejectAll(group, this.#broken)
    const error = this.#commit(group)
    if (error === undefined) return
    const fault = error instanceof StoreBrokenError ? 'broken' : faultOf(error)
    if (fault === 'broken') rejectAll(group, this.fail(error))
    else if (group.length === 1) rejectAll(group, fault === 'other' ? error : roomError(error))
    else this.#split(group, fault === 'other' ? undefined : roomError(error))
  }

  #split(group: readonly Waiting[], noRoom: StoreFullError | undefined): void {
    if (noRoom === undefined || !group.some(({ operation }) => operation.grows)) {
      for (const waiting of group) this.#commitOrSplit([waiting])
      return
    }
    rejectAll(
      group.filter(({ operation }) => operation.grows),
      noRoom,
    )
    const rest = group.filter(({ operation }) => !operation.grows)
    if (rest.length > 0) this.#commitOrSplit(rest)
  }

  /** `undefined` after COMMIT; otherwise what failed, with everything rolled back, or a broken store. */
  #commit(group: readonly Waiting[]): unknown {
    let results: unknown[]
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      results = runOperations(group.map(({ operation }) => operation))
      for (const { operation } of group) this.#rows += operation.rows
      this.#hooks.beforeCommit()
      this.#database.exec('COMMIT')
    } catch (error) {
      return this.#rollBack() ?? error ?? new StoreError('A transaction failed without a reason.')
    }
    this.#commits++
    this.#hooks.committed()
    const lost = this.#hooks.lost()
    if (lost !== undefined) return lost
    for (const [index, { resolve }] of group.entries()) resolve(results[index])
    return undefined
  }

  /** Gives the error of the rollback itself only where that means that the file is in trouble. */
  #rollBack(): unknown {
    this.#hooks.rolledBack()
    try {
      this.#database.exec('ROLLBACK')
    } catch (error) {
      // After some faults SQLite has rolled back on its own, and says that no transaction is active.
      if (faultOf(error) === 'broken') return error
    }
    return undefined
  }

  /**
   * Copies the log into the file. SQLite could do it by itself but then swallows what goes wrong. After a failed sync nothing
   * may be trusted; without room the log simply grows until there is some.
   */
  checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): void {
    if (this.#broken !== undefined) return
    try {
      const { log } = this.#database.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as Row
      this.#learn(Number(log))
    } catch (error) {
      if (faultOf(error) === 'broken') this.fail(error)
    }
    this.#commits = 0
    this.#rows = 0
    this.#checkpointedMs = this.#options.monotonicMs()
  }

  /** SQLite does not say how long the log is, only how long it was. */
  #learn(pages: number): void {
    const ofRows = pages - this.#commits * PAGES_PER_COMMIT
    if (this.#rows > 0 && ofRows > 0) this.#pagesPerRow = Math.min(4, Math.max(0.05, ofRows / this.#rows))
  }
}

function rejectAll(group: readonly Waiting[], error: unknown): void {
  for (const { reject } of group) reject(error)
}

function failureOf(cause: unknown): StoreBrokenError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const hint =
    'Check the disk and its file system, then start again: what was acknowledged is safe up to the last commit.'
  return new StoreBrokenError(`The store failed and was stopped: ${text}`, { cause, hint })
}

function roomError(cause: unknown): StoreFullError {
  const text = cause instanceof Error ? cause.message : String(cause)
  const hint =
    'Make room on the disk of the data folder. Nothing that was acknowledged is lost, and no restart is needed.'
  return new StoreFullError(`The store cannot write just now: ${text}`, { cause, hint })
}
