import { ApartTimes } from './apart-times.ts'
import { type Database, type Row, readValue } from './database.ts'
import { DueTimes } from './due-times.ts'
import { Fresh } from './fresh.ts'
import { Frontier } from './frontier.ts'
import { HoldBook } from './hold-book.ts'
import { LeaseBook } from './lease-book.ts'
import { prepareStatements, type Statements } from './statements/index.ts'
import { Tally } from './tally.ts'
import { Terms } from './terms.ts'
import { Undo } from './undo.ts'

/** What the operations share: the file, its prepared statements, and what is kept in memory beside it. */
export interface Core {
  readonly database: Database
  readonly statements: Statements
  readonly undo: Undo
  readonly terms: Terms
  readonly tally: Tally
  readonly holds: HoldBook
  readonly leases: LeaseBook
  readonly frontier: Frontier
  readonly due: DueTimes
  readonly apart: ApartTimes
  readonly fresh: Fresh
  readonly keepBodies: boolean
  /** The row that the next event gets. Rows are never given twice, also after the newest were pruned. */
  nextRow: number
  /** The first row that can be accepted since the file was opened. */
  readonly firstRow: number
  /** Some event has a context; while none has, leases do not look for any. */
  hasLinks: boolean
  /** How far the present round of pruning has come. */
  prunedTo: number
}

export interface CoreOptions {
  readonly keepBodies: boolean
  readonly monotonicMs: () => number
}

/** Loads the memory side from a migrated file, and begins a new run of lease tokens. */
export function loadCore(database: Database, { keepBodies, monotonicMs }: CoreOptions): Core {
  const statements = prepareStatements(database)
  const undo = new Undo()
  const tally = new Tally(database)
  const leases = new LeaseBook(beginRun(database), monotonicMs)
  const firstRow = readNextRow(database, statements)
  return {
    database,
    statements,
    undo,
    terms: new Terms(database, undo),
    tally,
    holds: new HoldBook(database, undo),
    leases,
    frontier: new Frontier(),
    due: new DueTimes(database, tally.pixels()),
    apart: new ApartTimes(database, leases),
    fresh: new Fresh(),
    keepBodies,
    nextRow: firstRow,
    firstRow,
    hasLinks: !statements.links.isEmpty(),
    prunedTo: 0,
  }
}

/** Kept in the file before the first lease, so that a token is never given twice, whatever became of the run before. */
function beginRun(database: Database): number {
  const row = database
    .prepare(
      `INSERT INTO meta (key, value) VALUES ('store.run', '1')
       ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
    )
    .get() as Row
  return Number(row['value'])
}

function readNextRow(database: Database, { meta }: Statements): number {
  const last = Number(readValue(database, 'SELECT coalesce(max(row), 0) FROM event'))
  return Math.max(last, Number(meta.get('store.pruned-row') ?? 0)) + 1
}
