/** Makes many accounts of some inside the database: copies under rows, ids and milliseconds of their own, and every number so many times. */
import type pg from 'pg'

/** Rows and numbers of a copy lie so far behind those of the one before. */
const far = async (client: pg.Client, table: string, column: string): Promise<number> => {
  const { rows } = await client.query(`select coalesce(max(${column}), 0) + 1000 as far from waybill_store.${table}`)
  return Math.ceil(Number(rows[0].far) / 1_000) * 1_000
}

/** Within the minute, so that numbers by the minute stay true. */
const atMs = (column: string): string =>
  `${column} - mod(${column}, 60000) + mod(mod(${column}, 60000) + $2::bigint * 997, 60000)`
const ranges = `(select range_agg(int8range(lower(part) + $1::bigint, upper(part) + $1::bigint)) from unnest(rows) as part)`
/** $1 how far rows are moved, $2 which copy it is, $3 how far numbers of requests are moved. */
const CHANGED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  account: { row: 'row + $1', accepted_ms: atMs('accepted_ms'), id: "id || '_' || $2::bigint" },
  body: { row: 'row + $1' },
  queue: { row: 'row + $1' },
  tried: { row: 'row + $1' },
  suspicion: { row: 'row + $1' },
  ended: { row: 'row + $1', ended_ms: atMs('ended_ms') },
  delivery: { seq: 'seq + $3', ended_ms: atMs('ended_ms'), rows: ranges, request: 'request + $3' },
  request: { seq: 'seq + $3', at_ms: atMs('at_ms'), rows: ranges },
}
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  tally: ['events'],
  rollup: ['flow', 'ends', 'flow_money', 'ends_money'],
  known: ['flow', 'ends', 'flow_money', 'ends_money'],
  latency: ['events'],
  sample: ['queued', 'held', 'sending'],
}

/** All that there is is there so many times afterwards; nothing is to be leased or folded. */
export async function multiply(client: pg.Client, times: number, onProgress: (copy: number) => void): Promise<void> {
  const [rowsFar, seqsFar] = [
    await far(client, 'account', 'row'),
    Math.max(await far(client, 'request', 'seq'), await far(client, 'delivery', 'seq')),
  ]
  await client.query('set synchronous_commit = off')
  for (let copy = 1; copy < times; copy++) {
    for (const [table, changed] of Object.entries(CHANGED))
      await copyTable(client, table, { changed, copy, rowsFar, seqsFar })
    onProgress(copy)
  }
  for (const [table, columns] of Object.entries(COUNTED))
    await client.query(
      `update waybill_store.${table} set ${columns.map((name) => `${name} = ${name} * ${times}`).join(', ')}`,
    )
  await client.query(`select setval('waybill_store.row_block', ${rowsFar * (times + 1) + 1})`)
  await client.query(`select setval('waybill_store.request_block', ${seqsFar * (times + 1) + 1})`)
  await client.query('vacuum analyze')
}

interface Copying {
  readonly changed: Readonly<Record<string, string>>
  readonly copy: number
  readonly rowsFar: number
  readonly seqsFar: number
}

async function copyTable(
  client: pg.Client,
  table: string,
  { changed, copy, rowsFar, seqsFar }: Copying,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'waybill_store.${table}'::regclass and attnum > 0 and not attisdropped`,
  )
  const names = rows.map(({ name }) => name)
  const selected = names.map((name) => changed[name] ?? name)
  // Of the first alone: copies lie behind it.
  const whose = 'row' in changed ? 'row < $1' : 'seq < $3'
  const given = [copy * rowsFar, copy, copy * seqsFar].map((number) => `${number}::bigint`)
  const filled = (sql: string): string =>
    sql.replaceAll(/\$([123])(::bigint)?/g, (_, at: string) => given[Number(at) - 1]!)
  const first = whose.replace('$1', String(rowsFar)).replace('$3', String(seqsFar))
  await client.query(
    `insert into waybill_store.${table} (${names.join()}) select ${selected.map(filled).join()} from waybill_store.${table} where ${first}`,
  )
}
