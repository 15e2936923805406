import pg from 'pg'
import type { OutboxRow, OutboxStanding } from './row.ts'

/** A transaction in which rows were taken: gone when it commits, there again when it does not. */
export interface Claim {
  readonly rows: readonly OutboxRow[]
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** One connection to a shop's database. Whatever fails on it, the connection is not used again. */
export interface OutboxDatabase {
  /** Takes the oldest rows from `place` on that nobody else is taking; `undefined` where there are none. */
  claim(place: bigint, limit: number): Promise<Claim | undefined>
  standing(): Promise<OutboxStanding>
  /** Ends the connection without a word to the other side, which rolls back what is open. */
  drop(): void
  close(): Promise<void>
}

/** A claim is open for so long at most: the shop's database ends it, should this process stand still. */
export const MOST_OPEN_MS = 5_000
const CONNECT_MS = 5_000
/** Named in a notification after a commit, it is a hint to look at once. */
export const CHANNEL = 'waybill_outbox'
const MOST_COUNTED = 100_000

const CLAIM = `
  delete from waybill.outbox where ctid = any (array(
    select ctid from waybill.outbox where place >= $1 order by place limit $2 for update skip locked))
  returning place::text, pixel, event, left_out, bytes, sha256, brought_by,
    (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_ms`

const STANDING = `
  select waybill.outbox_version() as version,
    (select count(*) from (select from waybill.outbox limit ${MOST_COUNTED + 1}) as some)::integer as waiting,
    oldest.place::text as place, oldest.age_ms
  from (select) as one left join (
    select place, (extract(epoch from clock_timestamp() - enqueued_at) * 1000)::float8 as age_ms
    from waybill.outbox order by place limit 1) as oldest on true`

/** Connects. `onHint` is called when somebody said that something came. */
export async function connectOutbox(url: string, onHint: () => void = () => {}): Promise<OutboxDatabase> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'waybill',
    connectionTimeoutMillis: CONNECT_MS,
    // A connection that leads nowhere is noticed by nothing else.
    query_timeout: MOST_OPEN_MS,
    keepAlive: true,
  })
  const drop = (): void => {
    client.connection.stream.destroy()
  }
  client.on('error', () => {})
  client.on('notification', onHint)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version_num') as version")
    // Behind a pooler that lends connections for a transaction nothing is heard, and polling finds everything.
    await client.query(`listen ${CHANNEL}`)
    return {
      claim: (place, limit) => claim(client, beginFor(Number(rows[0]?.version)), place, limit),
      standing: () => readStanding(client),
      drop,
      close: () => client.end(),
    }
  } catch (error) {
    drop()
    throw error
  }
}

/** From version 17 on the server itself bounds a whole transaction. */
function beginFor(version: number): string {
  const limits = ['statement_timeout', 'idle_in_transaction_session_timeout']
  if (version >= 170_000) limits.push('transaction_timeout')
  return `begin;${limits.map((name) => `set local ${name} = ${MOST_OPEN_MS}`).join(';')}`
}

interface RawRow {
  readonly place: string
  readonly pixel: string | null
  readonly event: string | null
  readonly left_out: readonly string[] | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly brought_by: string
  readonly enqueued_ms: number
}

async function claim(client: pg.Client, begin: string, place: bigint, limit: number): Promise<Claim | undefined> {
  await client.query(begin)
  const { rows } = await client.query<RawRow>(CLAIM, [place.toString(), limit])
  if (rows.length === 0) {
    await client.query('rollback')
    return undefined
  }
  return {
    rows: rows.map(rowOf).sort((one, other) => (one.place < other.place ? -1 : 1)),
    commit: async () => void (await client.query('commit')),
    rollback: async () => void (await client.query('rollback')),
  }
}

function rowOf({ place, pixel, event, left_out, bytes, sha256, brought_by, enqueued_ms }: RawRow): OutboxRow {
  return {
    place: BigInt(place),
    pixel: pixel ?? undefined,
    event: event ?? undefined,
    leftOut: left_out ?? [],
    bytes: bytes ?? undefined,
    sha256: sha256 ?? undefined,
    broughtBy: brought_by,
    enqueuedMs: enqueued_ms,
  }
}

interface RawStanding {
  readonly version: number
  readonly waiting: number
  readonly place: string | null
  readonly age_ms: number | null
}

async function readStanding(client: pg.Client): Promise<OutboxStanding> {
  const { rows } = await client.query<RawStanding>(STANDING)
  const { version, waiting, place, age_ms } = rows[0]!
  const oldest = place === null ? undefined : { place: BigInt(place), ageMs: Math.max(0, age_ms ?? 0) }
  return { version, waiting: Math.min(waiting, MOST_COUNTED), isMore: waiting > MOST_COUNTED, oldest }
}
