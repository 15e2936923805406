import { StoreNotMigratedError } from '../../errors.ts'
import type { Database, Session } from '../connection/database.ts'
import { codeOf } from '../connection/faults.ts'

/** How long a change of the schema may take. */
export interface MigrationLimits {
  /** It waits for a lock no longer at a time, and whoever waits behind it comes first then. */
  readonly lockMs: number
  /** It waits for locks no longer in all. */
  readonly patienceMs: number
  /** A statement of it may work for so long, once it has its locks. */
  readonly statementMs: number
}

const NO_LOCK = '55P03'

/** Whoever has a lock that somebody waits for. */
interface Holder {
  readonly pid: number
  /** The name that its program gave, or what kind of process it is; empty where this role may not see it. */
  readonly who: string
  /** When its last statement began; `null` where this role may not see it. */
  readonly since: Date | null
}

const OWN_PID = 'select pg_backend_pid() as pid'
// Never what it asked: that may have values in it.
const HOLDERS = `
  select pid, coalesce(nullif(application_name, ''), backend_type, '') as who, query_start as since from pg_stat_activity
  where pid = any (pg_blocking_pids($1)) order by coalesce(xact_start, backend_start)`

/**
 * A transaction that may have to wait for others' locks: a little, again and again, so that nobody stands behind it for long. Rejects with
 * `StoreNotMigratedError`, which names who has the lock, once that took too long in all.
 */
export async function patientTransaction<Result>(
  database: Database,
  what: string,
  limits: MigrationLimits,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const untilMs = performance.now() + limits.patienceMs
  let holders: readonly Holder[] = []
  for (;;) {
    const lockMs = Math.max(1, Math.min(limits.lockMs, Math.ceil(untilMs - performance.now())))
    const watched = async (session: Session): Promise<Result> => {
      const end = await lookAfter(database, session, lockMs / 2, (seen) => {
        holders = seen
      })
      return work(session).finally(end)
    }
    try {
      return await database.transaction(watched, { lockMs, statementMs: limits.statementMs })
    } catch (error) {
      if (codeOf((error as Error).cause) !== NO_LOCK) throw error
      if (performance.now() >= untilMs) throw lockedOut(what, holders, error)
    }
  }
}

/** Looks once, after so long, who keeps the session waiting; gives what ends that. */
async function lookAfter(
  database: Database,
  session: Session,
  afterMs: number,
  onSeen: (holders: readonly Holder[]) => void,
): Promise<() => Promise<void>> {
  const [own] = await session.query<{ pid: number }>(OWN_PID)
  let looking: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    const holders = await database.query<Holder>(HOLDERS, [own!.pid])
    if (holders.length > 0) onSeen(holders)
  }
  // Who cannot be seen is told of as nobody known.
  const timer = setTimeout(() => {
    looking = look().catch(() => {})
  }, afterMs)
  return async () => {
    clearTimeout(timer)
    await looking
  }
}

function lockedOut(what: string, holders: readonly Holder[], cause: unknown): StoreNotMigratedError {
  const named = holders.length === 0 ? 'somebody who could not be seen' : holders.map(nameOf).join(', ')
  const end = holders.map(({ pid }) => `select pg_terminate_backend(${pid})`).join('; ')
  return new StoreNotMigratedError(`${what} needs a lock in the database that ${named} has. Nothing of it was done.`, {
    hint: `Start again once that has ended${end === '' ? '' : `, or end it: ${end}`}.`,
    cause,
  })
}

function nameOf({ pid, who, since }: Holder): string {
  const about = [...(who === '' ? [] : [who]), ...(since === null ? [] : [`its query began ${since.toISOString()}`])]
  return `pid ${pid}${about.length === 0 ? '' : ` (${about.join(', ')})`}`
}
