import { type Database, type Row, readValue } from './database.ts'
import { HoldBook } from './hold-book.ts'
import { PixelRows } from './pixel-rows.ts'
import { type LeaseView, Queue, type TallyView } from './queue/queue.ts'
import { Undo } from './queue/undo.ts'
import { RollUp } from './roll-up/roll-up.ts'
import type { Standing } from './seen-state.ts'
import { prepareStatements, type Statements } from './sql/index.ts'
import { Terms } from './terms.ts'

/** What the operations share: the file, its prepared statements, and what is kept in memory beside it. */
export interface Core {
  readonly database: Database
  readonly statements: Statements
  readonly undo: Undo
  readonly terms: Terms
  readonly holds: HoldBook
  readonly queue: Queue
  /** Of the queue, to be read. */
  readonly tally: TallyView
  readonly leases: LeaseView
  readonly standing: Standing
  readonly rollUp: RollUp
  readonly pixelRows: PixelRows
  /** Numbers of what is over are packed; otherwise packs become rows again. */
  readonly packs: boolean
  readonly keepBodies: boolean
  readonly bodies: 'file' | 'memory'
  /** The row that the next event gets. Rows are never given twice, also after the newest were pruned. */
  nextRow: number
  /** The first row that can be accepted since the file was opened. */
  readonly firstRow: number
  /** Some event has a context; while none has, leases do not look for any. */
  hasLinks: boolean
  /** Some event was fixed by a task and is not delivered yet. */
  hasFixed: boolean
  /** How far the present round of pruning has come. */
  prunedTo: number
}

export interface CoreOptions {
  readonly keepBodies: boolean
  readonly bodies: 'file' | 'memory'
  readonly monotonicMs: () => number
  readonly packs: boolean
  /** Whose days are counted. */
  readonly timeZone: string
}

/** Loads the memory side from a migrated file, and begins a new run of lease tokens. */
export function loadCore(database: Database, options: CoreOptions): Core {
  const { keepBodies, bodies, monotonicMs, timeZone, packs } = options
  const statements = prepareStatements(database)
  const undo = new Undo()
  const holds = new HoldBook(database, undo)
  const firstRow = readNextRow(database, statements)
  const terms = new Terms(database, undo)
  const countedFrom = Number(statements.meta.get('store.uncounted') ?? 0)
  const rollUp = new RollUp(database, undo, { timeZone, countedFrom })
  const parts = { statements, undo, holds, firstRow, rollUp, terms }
  const queue = new Queue(database, { ...parts, run: beginRun(database), monotonicMs })
  return {
    database,
    statements,
    undo,
    terms,
    holds,
    queue,
    tally: queue.tally,
    leases: queue.leases,
    standing: {
      isLeased: (row) => queue.leases.has(row),
      hold: (pixel, shape) => holds.covering(pixel, shape),
    },
    rollUp,
    pixelRows: new PixelRows(database, statements, undo),
    packs,
    keepBodies,
    bodies,
    nextRow: firstRow,
    firstRow,
    hasLinks: !statements.link.isEmpty(),
    hasFixed: !statements.fixed.isEmpty(),
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
