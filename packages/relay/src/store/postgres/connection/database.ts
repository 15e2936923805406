import type { Client, QueryConfig } from 'pg'
import { StoreAwayError, StoreClosedError, StoreError, StoreFullError, StoreUnusableError } from '../../errors.ts'
import { withoutPassword } from './address.ts'
import { codeOf, type Fault, faultOf, hintOf, NOT_ALLOWED } from './faults.ts'
import type { Pool } from './pool.ts'

export type Values = readonly unknown[]

/** Where statements go. */
export interface Session {
  query<Row>(sql: string, values?: Values): Promise<Row[]>
}

/** The database was away while something was being written: whether it was, nobody knows yet. */
export class UnknownWriteError extends StoreAwayError {
  override readonly name: string = 'StoreAwayError'
}

export interface DatabaseOptions {
  readonly pool: Pool
  /** To take its password out of messages. */
  readonly url: string
  readonly timeoutMs: number
  /** Asked where the database does not know what a statement names: an error that says more than its words. Default: nothing does. */
  readonly explainMissing?: () => Promise<Error | undefined>
}

export interface TransactionOptions {
  /** Waits for a lock no longer. Default: as long as for a statement. */
  readonly lockMs?: number
  /** In the place of the time-out of each statement. */
  readonly statementMs?: number
}

/** What a statement names is not there, or not as it thinks: of SQLSTATE, the first two characters. */
const MISSING = '42'
const MOST_TRIES = 6

/** Statements in few round trips. Nothing is kept in a session, so that a pooler may lend a connection for each transaction. */
export class Database implements Session {
  readonly #pool: Pool
  readonly #url: string
  readonly #timeoutMs: number
  readonly #explainMissing: () => Promise<Error | undefined>
  #isClosed = false
  #running = 0
  #idle: (() => void) | undefined

  constructor({ pool, url, timeoutMs, explainMissing = async () => undefined }: DatabaseOptions) {
    this.#pool = pool
    this.#url = url
    this.#timeoutMs = timeoutMs
    this.#explainMissing = explainMissing
  }

  /** One statement that only reads: asked once more where the database was away. */
  async read<Row>(sql: string, values: Values = []): Promise<Row[]> {
    try {
      return await this.query<Row>(sql, values)
    } catch (error) {
      if (!(error instanceof StoreAwayError) || error instanceof StoreClosedError) throw error
      return this.query<Row>(sql, values)
    }
  }

  /** One statement, which is a transaction of its own. Rejects with `UnknownWriteError` where its answer was lost. */
  async query<Row>(sql: string, values: Values = []): Promise<Row[]> {
    return this.#repeat((client, step) => {
      step.isSent = true
      return run<Row>(client, sql, values)
    })
  }

  /** A transaction, begun anew where two met. `work` must change nothing but through its session. */
  async transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    return this.#repeat((client, step) => this.#inTransaction(client, step, this.#beginOf(options), work))
  }

  #beginOf({ lockMs, statementMs }: TransactionOptions): Begin {
    const limits = [
      `set local statement_timeout = ${statementMs ?? this.#timeoutMs}`,
      // A server that hears nothing more from here, because the way is cut, must not keep locks.
      `set local idle_in_transaction_session_timeout = ${this.#timeoutMs}`,
      ...(lockMs === undefined ? [] : [`set local lock_timeout = ${lockMs}`]),
    ]
    return { sql: ['begin', ...limits].join(';'), statementMs }
  }

  /** Reads all from one moment, by indices, and waits for no statement longer than `limitMs`. */
  async snapshot<Result>(limitMs: number, work: (session: Session) => Promise<Result>): Promise<Result> {
    const begin = [
      'begin isolation level repeatable read, read only',
      `set local statement_timeout = ${Math.max(1, Math.ceil(limitMs))}`,
      `set local idle_in_transaction_session_timeout = ${this.#timeoutMs}`,
      // What is asked for is found by an index, however little the database has seen of a table; nothing of it is worth a compiler.
      'set local enable_seqscan = off',
      'set local jit = off',
    ].join(';')
    return this.#repeat((client, step) => this.#inTransaction(client, step, { sql: begin }, work))
  }

  async #inTransaction<Result>(
    client: Client,
    step: Step,
    { sql: begin, statementMs }: Begin,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    await run(client, begin)
    try {
      const result = await work({ query: (sql, values) => run(client, sql, values, statementMs) })
      step.isSent = true
      await run(client, 'commit')
      return result
    } catch (error) {
      // What was answered leaves the connection as it was.
      if (!step.isSent && faultIn(error).isAnswer) await run(client, 'rollback')
      throw error
    }
  }

  /** Nothing more is taken. What was asked before is done, then the last of all, then the connections end. */
  async close(last?: (session: Session) => Promise<void>): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    try {
      if (last !== undefined)
        await this.#try((client, step) => this.#inTransaction(client, step, this.#beginOf({}), last))
    } catch (error) {
      // Whoever is away is not waited for: what it is told by this, it sees by the end of a row of ours as well.
      if (!(error instanceof StoreAwayError)) throw error
    } finally {
      await this.#pool.close()
    }
  }

  async #repeat<Result>(work: Work<Result>): Promise<Result> {
    if (this.#isClosed) throw new StoreClosedError('The store is closed.')
    this.#running++
    try {
      return await this.#try(work)
    } finally {
      this.#running--
      if (this.#running === 0) this.#idle?.()
    }
  }

  async #try<Result>(work: Work<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      const outcome = await this.#once(work)
      if ('result' in outcome) return outcome.result
      if (outcome.fault.kind !== 'again' || tries === MOST_TRIES) throw await this.#explain(outcome)
    }
  }

  async #once<Result>(work: Work<Result>): Promise<{ readonly result: Result } | Failure> {
    const step: Step = { isSent: false }
    let client: Client
    try {
      client = await this.#pool.acquire()
    } catch (error) {
      return { error, fault: faultOf(error), isUnknown: false }
    }
    try {
      const result = await work(client, step)
      this.#pool.release(client, false)
      return { result }
    } catch (error) {
      const fault = faultIn(error)
      if (fault.isOfAll) this.#pool.renew()
      this.#pool.release(client, !fault.isAnswer)
      return { error, fault, isUnknown: step.isSent && !fault.isAnswer }
    }
  }

  async #explain({ error, fault, isUnknown }: Failure): Promise<unknown> {
    const cause = error instanceof StatementError ? error.cause : error
    const reason = withoutPassword(reasonOf(cause), this.#url)
    if (codeOf(cause) === NOT_ALLOWED) return notAllowed(reason, cause)
    if (fault.kind === 'wrong') {
      const isMissing = error instanceof StatementError && codeOf(cause)?.startsWith(MISSING) === true
      return (isMissing && (await this.#explainMissing())) || cause
    }
    if (fault.kind === 'full') return new StoreFullError(`The database has no room: ${reason}.`, { cause })
    const Away = isUnknown ? UnknownWriteError : StoreAwayError
    return new Away(`The database cannot be used just now: ${reason}.`, { hint: hintOf(cause), cause })
  }
}

type Work<Result> = (client: Client, step: Step) => Promise<Result>

function notAllowed(reason: string, cause: unknown): StoreUnusableError {
  return new StoreUnusableError(`The role of the store has not the rights that it needs: ${reason}.`, {
    hint: 'Grant it "create" on the database, or give it the schema waybill_store and all that is in it: alter schema waybill_store owner to it.',
    cause,
  })
}

/** Of a name with several addresses, the words of the first that failed. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause instanceof AggregateError && cause.message === '') return reasonOf(cause.errors[0])
  return cause.message || cause.name
}

interface Begin {
  readonly sql: string
  /** What its statements may take, where that is not what all may. */
  readonly statementMs?: number | undefined
}

interface Step {
  /** What commits was sent. */
  isSent: boolean
}

interface Failure {
  readonly error: unknown
  readonly fault: Fault
  readonly isUnknown: boolean
}

/** A statement failed, by the server's word or for want of one. */
class StatementError extends StoreError {}

/** `query_timeout`: in the place of that of the connection; the types of `pg` do not know of it. */
type Query = QueryConfig & { readonly query_timeout: number }

async function run<Row>(client: Client, sql: string, values: Values = [], timeoutMs?: number): Promise<Row[]> {
  const query: Query | undefined = timeoutMs === undefined ? undefined : { text: sql, query_timeout: timeoutMs }
  try {
    const { rows } = await client.query(query ?? sql, values as unknown[])
    return rows as Row[]
  } catch (cause) {
    throw new StatementError('A statement failed.', { cause })
  }
}

/** What is thrown by whoever uses a session says nothing of the connection. */
const OWN: Fault = { kind: 'wrong', isOfAll: false, isAnswer: true }

function faultIn(error: unknown): Fault {
  return error instanceof StatementError ? faultOf(error.cause) : OWN
}
