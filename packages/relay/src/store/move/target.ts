import type { Counts } from '../counts.ts'
import { StoreUnusableError } from '../errors.ts'
import { addressOf } from '../postgres/connection/address.ts'
import { Database, type Session } from '../postgres/connection/database.ts'
import { maskUrl } from '../postgres/connection/database-url.ts'
import { Pool } from '../postgres/connection/pool.ts'
import { statementOf } from '../postgres/insert-statement.ts'
import { MOVING_KEY } from '../postgres/moving.ts'
import { Numbers } from '../postgres/numbers.ts'
import { openPostgresStore } from '../postgres/open-postgres-store.ts'
import { TODAY } from '../postgres/partitions.ts'
import { describeRelay, running } from '../postgres/schema/older-relays.ts'
import { Terms } from '../postgres/terms.ts'
import type { Row, Value } from '../sqlite/database.ts'
import { type Copy, keyOf, type Target } from './copy.ts'

/** A batch with its texts may take its time on a slow way. */
const TIMEOUT_MS = 60_000
const CONNECTIONS = 2
/** Of the sequences that numbers are taken from. */
const BLOCK = 1_000

const MAKE_PROGRESS = `
  create table if not exists waybill_store.move (name text primary key, after text not null, rows bigint not null, is_done boolean not null)`
const STANDING = `
  select (select value from waybill_store.meta where key = '${MOVING_KEY}') as moving,
    exists (select from waybill_store.account) as has_accounts, exists (select from waybill_store.term) as was_served, ${TODAY} as today`
const BEGIN = `insert into waybill_store.meta (key, value) values ('${MOVING_KEY}', $1)`
const READ_PROGRESS = 'select name, after, rows, is_done from waybill_store.move'
const NOTE = `
  insert into waybill_store.move (name, after, rows, is_done) values ($1, $2, $3, $4)
  on conflict (name) do update set after = excluded.after, rows = move.rows + excluded.rows, is_done = excluded.is_done`
const BEHIND = (sequence: string): string => `
  select setval('waybill_store.${sequence}', greatest($1, (select last_value + ${BLOCK} from waybill_store.${sequence})), false)`

/** What a move is known by, and the day under which all of it is kept. */
interface Moving {
  readonly id: string
  readonly day: number
}

/** The highest numbers of the file. */
export interface Highest {
  readonly row: number
  readonly seq: number
}

/** How far a table has come. */
export interface Standing {
  readonly after: readonly Value[]
  readonly rows: number
  readonly isDone: boolean
}

/** A database that a file is moved into. It serves nobody until the move is whole. */
export class MoveTarget {
  readonly #url: string
  readonly #database: Database
  readonly #target: Target
  readonly #standings: ReadonlyMap<string, Standing>

  private constructor(url: string, database: Database, target: Target, standings: ReadonlyMap<string, Standing>) {
    this.#url = url
    this.#database = database
    this.#target = target
    this.#standings = standings
  }

  /**
   * Connects, brings the schema up to date and begins the move, or goes on with it. Throws `StoreUnusableError` where the database has events
   * of its own, or of another move.
   */
  static async open(url: string, id: string, highest: Highest): Promise<MoveTarget> {
    await (await openPostgresStore({ url, evenWhileMoving: true })).close()
    const pool = new Pool({ address: addressOf(url), size: CONNECTIONS, timeoutMs: TIMEOUT_MS })
    const database = new Database({ pool, url, timeoutMs: TIMEOUT_MS })
    try {
      const { day } = await begin(database, url, id)
      await database.query(BEHIND('row_block'), [blockBehind(highest.row)])
      await database.query(BEHIND('request_block'), [blockBehind(highest.seq)])
      const seqs = new Numbers(database, 'request_block', () => performance.now())
      const terms = new Terms({ query: (sql, values) => database.read(sql, values) })
      const target = { terms, day, takeSeqs: (count: number) => seqs.take(count) }
      return new MoveTarget(url, database, target, await standingsOf(database))
    } catch (error) {
      await pool.close()
      throw error
    }
  }

  standingOf({ table }: Copy): Standing | undefined {
    return this.#standings.get(table)
  }

  /** Writes a batch, and how far it goes, in one transaction. */
  async put(copy: Copy, rows: readonly Row[]): Promise<void> {
    const filled = (await copy.parts(rows, this.#target)).filter((part) => part.rows.length > 0)
    const after = JSON.stringify(keyOf(copy, rows.at(-1)!))
    const { sql, values } = statementOf(filled, { parts: [], values: [], select: '1' })
    await this.#database.transaction(async (session) => {
      if (filled.length > 0) await session.query(sql, values)
      await session.query(NOTE, [copy.table, after, rows.length, false])
    })
  }

  async finishTable(copy: Copy): Promise<void> {
    await this.#database.transaction(async (session) => {
      await copy.after?.(session)
      await session.query(NOTE, [copy.table, '[]', 0, true])
    })
  }

  /** What is wrong with what was moved, one line each, and the counts that it came to. */
  async verify(): Promise<{ readonly faults: readonly string[]; readonly counts: Counts }> {
    const store = await openPostgresStore({ url: this.#url, evenWhileMoving: true })
    try {
      return { faults: await store.check(), counts: await store.counts() }
    } finally {
      await store.close()
    }
  }

  /** From here on it serves. */
  async finish(): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.query(`delete from waybill_store.meta where key = '${MOVING_KEY}'`)
      await session.query('drop table if exists waybill_store.move')
    })
  }

  close(): Promise<void> {
    return this.#database.close(async () => {})
  }
}

/** The first number of a block behind one that was given out. */
function blockBehind(highest: number): number {
  return Math.floor(highest / BLOCK) * BLOCK + BLOCK + 1
}

/** Throws while a relay runs on the database: what it has read of it would be changed under it. */
export async function assertUnused(url: string): Promise<void> {
  const pool = new Pool({ address: addressOf(url), size: 1, timeoutMs: TIMEOUT_MS })
  const database = new Database({ pool, url, timeoutMs: TIMEOUT_MS })
  try {
    await assertNobodyRuns(database, url)
  } finally {
    await database.close()
  }
}

async function assertNobodyRuns(session: Session, url: string): Promise<void> {
  const relays = await running(session)
  if (relays.length === 0) return
  throw new StoreUnusableError(`Relays run on ${maskUrl(url)}: ${relays.map(describeRelay).join(', ')}.`, {
    hint: 'Stop them first. One that was killed is counted for ten seconds more.',
  })
}

interface StandingRow {
  readonly moving: string | null
  readonly has_accounts: boolean
  readonly was_served: boolean
  readonly today: number
}

/** What is in a database that another file cannot be moved into. */
function unlessEmpty({ moving, has_accounts, was_served }: StandingRow): string | undefined {
  if (moving !== null)
    return 'has a part of another file that was being moved, or of this one before it was served again'
  if (has_accounts) return 'has events of its own'
  return was_served ? 'was served by a relay, which left its names in it' : undefined
}

async function begin(database: Database, url: string, id: string): Promise<Moving> {
  await database.query(MAKE_PROGRESS)
  return database.transaction(async (session) => {
    const [standing] = await session.query<StandingRow>(STANDING)
    const { moving, today } = standing!
    const under: Moving | undefined = moving === null ? undefined : (JSON.parse(moving) as Moving)
    await assertNobodyRuns(session, url)
    if (under?.id === id) return under
    const reason = unlessEmpty(standing!)
    if (reason !== undefined)
      throw new StoreUnusableError(`${maskUrl(url)} ${reason}.`, {
        hint: 'Move into a database that no relay has served yet: drop this one and make it again, or take another.',
      })
    const begun = { id, day: today }
    await session.query(BEGIN, [JSON.stringify(begun)])
    return begun
  })
}

async function standingsOf(database: Database): Promise<ReadonlyMap<string, Standing>> {
  const rows = await database.read<{ name: string; after: string; rows: number; is_done: boolean }>(READ_PROGRESS)
  return new Map(
    rows.map(({ name, after, rows: count, is_done }) => [
      name,
      { after: JSON.parse(after) as Value[], rows: count, isDone: is_done },
    ]),
  )
}
