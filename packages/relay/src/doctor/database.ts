import { isWaybillError } from 'waybill'
import { HOUR_MS, MINUTE_MS } from 'waybill/delivery'
import type { DatabaseFacts, SnapshotHolder } from '../store/postgres/index.ts'
import { type Finding, type Level, secondsText, sizeText } from './finding.ts'

/** What could be seen of the store's database, or why nothing. */
export interface SeenDatabase {
  /** Its URL without the password. */
  readonly about: string
  readonly facts: DatabaseFacts | undefined
  readonly failure: { readonly message: string; readonly hint: string | undefined } | undefined
}

/** Looks at it; changes nothing. */
export async function lookAtStore(
  url: string,
  options: { readonly thorough: boolean; readonly timeoutMs: number; readonly keepBodies?: boolean },
): Promise<SeenDatabase> {
  const { lookAtDatabase, maskUrl } = await import('../store/postgres/index.ts')
  const about = maskUrl(url)
  try {
    return { about, facts: await lookAtDatabase(url, options), failure: undefined }
  } catch (error) {
    const hint = isWaybillError(error) ? error.hint : undefined
    return { about, facts: undefined, failure: { message: (error as Error).message, hint } }
  }
}

type Judged = readonly [level: Level, message: string, next?: string]

const OLDEST_SERVER = 150_000
/** A snapshot so old keeps more dead rows than a relay makes in an hour. */
const OLD_SNAPSHOT_MS = 15 * MINUTE_MS
/** Of a snapshot of which nobody tells the age. */
const MANY_TRANSACTIONS = 100_000
const MANY_DEAD_ROWS = 200_000

/** What is looked at, in the order in which it is told. */
const RULES: readonly ((facts: DatabaseFacts) => Judged | undefined)[] = [
  ({ serverVersion }) =>
    serverVersion >= OLDEST_SERVER
      ? undefined
      : [
          'wrong',
          `is PostgreSQL ${Math.floor(serverVersion / 10_000)}, and the store needs 15 or newer`,
          'Move to a newer PostgreSQL.',
        ],
  ({ isStandby }) =>
    isStandby ? ['wrong', 'is a standby, which takes no writes', 'Name the primary, or what leads to it.'] : undefined,
  ({ isMoving }) =>
    isMoving
      ? [
          'wrong',
          'has a part of a file that is being moved here, or whose move was taken back',
          'Run waybill migrate-store again; after --undo-move, drop this database.',
        ]
      : undefined,
  ({ worksBeside, newest }) =>
    worksBeside > newest
      ? [
          'wrong',
          `has a schema beside which nothing before version ${worksBeside} works, and this program knows ${newest}`,
          'Run the version of Waybill that migrated it, or a newer one.',
        ]
      : undefined,
  ({ crowded }) =>
    crowded === undefined
      ? undefined
      : [
          'warning',
          `is to be changed by ${crowded.migration}, which leaves no room for relays that run: ${crowded.relays.join(', ')}`,
          'Stop them, or bring them to this version, before waybill serve of this version starts: it refuses to begin the change before.',
        ],
  ({ damage }) =>
    damage !== undefined && damage.length > 0
      ? ['wrong', `is not consistent: ${damage[0]}`, 'Keep a backup of it as it is, and report this with the log.']
      : undefined,
  ({ unsafe }) =>
    unsafe.length > 0
      ? ['wrong', `runs with ${unsafe.join(', ')} off`, 'Turn it on: what was acknowledged can be lost without it.']
      : undefined,
  ({ missingDays }) =>
    missingDays > 0
      ? [
          'warning',
          'has no tables for today or tomorrow',
          'A relay makes them when it takes an event: see that one runs, and that its role may create tables.',
        ]
      : undefined,
  ({ overdueDays }) =>
    overdueDays > 0
      ? [
          'warning',
          `keeps the texts of ${overdueDays} days that are over: events in them still wait, and were not copied`,
          'See in the log of the relay that has the chores why; nothing is dropped before.',
        ]
      : undefined,
  ({ holder }) =>
    holder !== undefined && isOld(holder)
      ? [
          'warning',
          `cannot clean up: ${holder.who} has had a snapshot open for ${ageText(holder)}`,
          'End it. The queue works meanwhile, and the disk fills.',
        ]
      : undefined,
  ({ deadRows, liveRows }) =>
    deadRows > MANY_DEAD_ROWS && deadRows > 2 * liveRows
      ? [
          'warning',
          `has ${deadRows.toLocaleString('en-US')} dead rows in its queue, and ${liveRows.toLocaleString('en-US')} living ones`,
          'See that autovacuum is on and keeps up, and what holds the oldest snapshot.',
        ]
      : undefined,
  ({ asynchronousStandbys }) =>
    asynchronousStandbys > 0
      ? [
          'warning',
          `has ${asynchronousStandbys} asynchronous standby: after a failover to it, what was acknowledged last is gone`,
          'Name it in synchronous_standby_names.',
        ]
      : undefined,
  ({ unseenStandbys }) =>
    unseenStandbys > 0
      ? [
          'warning',
          `has ${unseenStandbys} standby, of which this role may not see whether it is asynchronous`,
          'Grant pg_read_all_stats to this role, and look again.',
        ]
      : undefined,
]

function isOld({ ageMs, transactions }: SnapshotHolder): boolean {
  return ageMs === undefined ? transactions > MANY_TRANSACTIONS : ageMs > OLD_SNAPSHOT_MS
}

function ageText({ ageMs, transactions }: SnapshotHolder): string {
  if (ageMs === undefined) return `${transactions.toLocaleString('en-US')} transactions`
  return ageMs < HOUR_MS ? secondsText(ageMs) : `${(ageMs / HOUR_MS).toFixed(1)} h`
}

/** What is told beside all else, and is nothing wrong. */
function notesOf({ isPooled, holder }: DatabaseFacts): string[] {
  return [
    ...(isPooled ? ['asked through a pooler'] : []),
    ...(holder !== undefined && !isOld(holder) ? [`oldest snapshot: ${holder.who}, for ${ageText(holder)}`] : []),
  ]
}

/** One line, or one for each thing that is wrong. */
export function judgeStore({ about, facts, failure }: SeenDatabase): Finding[] {
  const finding = ([level, message, next]: Judged): Finding => ({ check: 'schema', about, level, message, next })
  if (facts === undefined)
    return [finding(['wrong', failure?.message ?? 'cannot be asked', failure?.hint ?? 'Check address and network.'])]
  const found = RULES.map((rule) => rule(facts)).filter((judged) => judged !== undefined)
  if (found.length === 0) return [finding(well(facts))]
  return [...found, ...notesOf(facts).map((note): Judged => ['ok', note])].map(finding)
}

function well(facts: DatabaseFacts): Judged {
  const { version, newest, serverVersion, bytes, damage } = facts
  const server = `PostgreSQL ${Math.floor(serverVersion / 10_000)}`
  if (version === 0) return ['ok', `${server}, no data yet; waybill serve makes the schema`]
  if (version < newest)
    return [
      'warning',
      `schema version ${version}, which the next start of waybill serve brings to ${newest}`,
      'Make a backup first: there is no way back.',
    ]
  const looked = damage === undefined ? [] : ['looked through and consistent']
  return ['ok', [server, `schema version ${version}`, sizeText(bytes), ...looked, ...notesOf(facts)].join(', ')]
}
