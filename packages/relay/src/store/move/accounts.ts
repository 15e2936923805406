import { minuteOf } from '../minute.ts'
import { columnsOfId } from '../postgres/account-columns.ts'
import { BIGINT, type FilledPart, INT, SMALLINT, TEXT } from '../postgres/insert-statement.ts'
import { toRanges } from '../postgres/row-ranges.ts'
import { NONE } from '../postgres/terms.ts'
import { toText } from '../postgres/text.ts'
import type { Row } from '../sqlite/database.ts'
import { DELIVERED } from '../state.ts'
import type { Copy, Target } from './copy.ts'

const ACCOUNT = {
  name: 'account',
  sql: `insert into waybill_store.account (row, timestamp_ms, accepted_ms, pixel, name, shape, source, day, bytes, currency, amount, due_ms,
    content, id, long_id, issues, origin, contexts, is_reopened) select * from $`,
  types: [
    BIGINT,
    BIGINT,
    BIGINT,
    INT,
    INT,
    INT,
    INT,
    INT,
    INT,
    INT,
    BIGINT,
    BIGINT,
    'bytea',
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    'boolean',
  ],
}
const QUEUE = {
  name: 'queue',
  sql: `insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
    select *, true, true from $`,
  types: [BIGINT, BIGINT, BIGINT, INT, INT, INT, SMALLINT],
}
const ENDED = {
  name: 'ended',
  sql: 'insert into waybill_store.ended (row, pixel, state, code, ended_ms, message) select * from $',
  types: [BIGINT, INT, SMALLINT, INT, BIGINT, TEXT],
}
const DELIVERY = {
  name: 'delivery',
  sql: `insert into waybill_store.delivery (seq, day, pixel, ended_ms, rows, is_attempt, code, message)
    select seq, day, pixel, ended_ms, rows::int8multirange, is_attempt, code, message
    from $ (seq, day, pixel, ended_ms, rows, is_attempt, code, message)`,
  types: [BIGINT, INT, INT, BIGINT, TEXT, 'boolean', INT, TEXT],
}
const TRIED = {
  name: 'tried',
  sql: 'insert into waybill_store.tried (row, attempts, may_be_stored, code, message) select * from $',
  types: [BIGINT, INT, 'boolean', TEXT, TEXT],
}

/** Accounts, with where each of them is. Their texts come after them. */
export const ACCOUNTS: Copy = {
  table: 'event',
  key: ['row'],
  columns:
    't.*, length(CAST(b.wire AS BLOB)) AS bytes, o.value AS origin, l.keys AS contexts, EXISTS (SELECT 1 FROM passage AS p WHERE p.row = t.row) AS is_reopened',
  joins: 'LEFT JOIN body AS b USING (row) LEFT JOIN origin AS o USING (row) LEFT JOIN link AS l USING (row)',
  async parts(rows, target) {
    await target.terms.keep(rows.flatMap(({ code }) => (code === null ? [] : [String(code)])))
    const [delivered, others] = parted(rows, ({ state }) => state === DELIVERED)
    const [ended, waiting] = parted(others, ({ state }) => Number(state) > DELIVERED)
    return [
      { ...ACCOUNT, rows: rows.map((row) => accountOf(row, target)) },
      { ...QUEUE, rows: waiting.map(queueOf) },
      { ...ENDED, rows: ended.map((row) => endOf(row, target)) },
      { ...TRIED, rows: rows.flatMap((row) => triedOf(row)) },
      await deliveriesOf(delivered, target),
    ]
  },
}

function parted(rows: readonly Row[], isFirst: (row: Row) => boolean): [first: Row[], second: Row[]] {
  return [rows.filter(isFirst), rows.filter((row) => !isFirst(row))]
}

function accountOf(row: Row, { day }: Target): unknown[] {
  const { timestamp_ms, accepted_ms, pixel, name, shape, source, bytes, due_ms, content, id } = row
  const isMoney = row['amount'] !== null && row['currency'] !== null
  const money = isMoney ? [row['currency'], row['amount']] : [null, null]
  return [
    row['row'],
    timestamp_ms,
    accepted_ms,
    pixel,
    name,
    shape,
    source,
    day,
    bytes ?? 0,
    ...money,
    due_ms === 0 ? null : due_ms,
    Buffer.from(content as Uint8Array),
    ...columnsOfId(id === null ? undefined : String(id)),
    row['issues'],
    row['origin'],
    row['contexts'],
    row['is_reopened'] === 1,
  ]
}

function queueOf({ row, timestamp_ms, due_ms, pixel, shape, state }: Row): unknown[] {
  return [row, timestamp_ms, due_ms, pixel, shape, minuteOf(Number(timestamp_ms)), state]
}

function endOf({ row, pixel, state, code, ended_ms, message }: Row, { terms }: Target): unknown[] {
  return [row, pixel, state, termOf(code, terms), ended_ms, textOf(message)]
}

/** What is known beside the account. Of a delivered event one attempt is the delivery's own. */
function triedOf({ row, state, attempts, may_be_stored, code, message }: Row): unknown[][] {
  const isWaiting = Number(state) < DELIVERED
  const own = state === DELIVERED && Number(attempts) > 0 ? 1 : 0
  const others = Number(attempts) - own
  if (others === 0 && may_be_stored === 0 && !(isWaiting && code !== null)) return []
  return [[row, others, may_be_stored === 1, isWaiting ? textOf(code) : null, isWaiting ? textOf(message) : null]]
}

/** Delivered events of one pixel, moment and mark lie together. */
async function deliveriesOf(rows: readonly Row[], { terms, day, takeSeqs }: Target): Promise<FilledPart> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const { pixel, ended_ms, code, message, attempts } = row
    const together = JSON.stringify([ended_ms, pixel, code, message, Number(attempts) > 0])
    const group = groups.get(together)
    if (group === undefined) groups.set(together, [row])
    else group.push(row)
  }
  const seqs = await takeSeqs(groups.size)
  const inOrder = [...groups.values()].sort(([one], [other]) => Number(one!['ended_ms']) - Number(other!['ended_ms']))
  return {
    ...DELIVERY,
    rows: inOrder.map((group, at) => {
      const { pixel, ended_ms, code, message, attempts } = group[0]!
      const ranges = toRanges(group.map(({ row }) => Number(row)))
      const mark = code === null ? null : termOf(code, terms)
      return [seqs[at], day, pixel, ended_ms, ranges, Number(attempts) > 0, mark, textOf(message)]
    }),
  }
}

export function termOf(code: unknown, terms: Target['terms']): number {
  return code === null ? NONE : terms.number(String(code))
}

export function textOf(text: unknown): string | null {
  return text === null || text === undefined ? null : toText(String(text))
}
