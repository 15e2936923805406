import { BIGINT, FLOAT, INT, SMALLINT, TEXT } from '../postgres/insert-statement.ts'
import { toRanges } from '../postgres/row-ranges.ts'
import { toText } from '../postgres/text.ts'
import { EDGES_KEY } from '../roll-up/edges.ts'
import { decodeRows } from '../sqlite/row-set.ts'
import { ACCOUNTS, termOf, textOf } from './accounts.ts'
import { behindIdentity, type Copy, same } from './copy.ts'

const TERMS = same('term', ['term'], { term: INT, text: TEXT }, behindIdentity('term', 'term'))

/** Texts of events. The days of the database begin with the move, so that they lie where a text lies that outlived its day. */
const BODIES: Copy = {
  table: 'body',
  key: ['row'],
  parts: (rows) => [
    {
      name: 'kept_body',
      sql: 'insert into waybill_store.kept_body (row, wire) select * from $',
      types: [BIGINT, TEXT],
      rows: rows.map(({ row, wire }) => [row, toText(String(wire))]),
    },
  ],
}

const REQUESTS: Copy = {
  table: 'request',
  key: ['seq'],
  parts: (rows, { day }) => [
    {
      name: 'request',
      sql: `insert into waybill_store.request (seq, day, pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only,
        ambiguous, events, rows, lease, step, parent)
        select seq, day, pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous, events,
          rows::int8multirange, lease, step, parent
        from $ (seq, day, pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous, events, rows,
          lease, step, parent)`,
      types: [
        BIGINT,
        INT,
        INT,
        BIGINT,
        FLOAT,
        INT,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        'boolean',
        'boolean',
        INT,
        TEXT,
        BIGINT,
        INT,
        INT,
      ],
      rows: rows.map((row) => [
        row['seq'],
        day,
        row['pixel'],
        row['at_ms'],
        row['duration_ms'],
        row['status'],
        textOf(row['verdict']),
        textOf(row['code']),
        textOf(row['message']),
        textOf(row['request_id']),
        row['validate_only'] === 1,
        row['ambiguous'] === 1,
        row['events'],
        toRanges(decodeRows(row['rows'] as Uint8Array)),
        row['lease'],
        row['step'],
        row['parent'],
      ]),
    },
  ],
}

const PASSAGES: Copy = {
  table: 'passage',
  key: ['row', 'seq'],
  parts: (rows, { day }) => [
    {
      name: 'passage',
      sql: `insert into waybill_store.passage (seq, day, row, at_ms, what, code, message, by)
        select nextval('waybill_store.passage_seq'), * from $`,
      types: [INT, BIGINT, BIGINT, TEXT, TEXT, TEXT, TEXT],
      rows: rows.map(({ row, at_ms, what, code, message, by }) => [
        day,
        row,
        at_ms,
        textOf(what),
        textOf(code),
        textOf(message),
        textOf(by),
      ]),
    },
  ],
}

const SUSPICIONS = same('suspicion', ['row'], {
  row: BIGINT,
  pixel: INT,
  shape: INT,
  due_ms: BIGINT,
  kind: TEXT,
  times: INT,
  first_ms: BIGINT,
  code: TEXT,
  message: TEXT,
})

const HOLDS: Copy = {
  table: 'hold',
  key: ['pixel', 'shape'],
  parts: (rows) => [
    {
      name: 'hold',
      sql: `insert into waybill_store.hold (version, pixel, shape, at_ms, code, message, by)
        select (select version from waybill_store.hold_version), * from $`,
      types: [INT, INT, BIGINT, TEXT, TEXT, TEXT],
      rows: rows.map(({ pixel, shape, at_ms, code, message, by }) => [
        pixel,
        shape,
        at_ms,
        textOf(code),
        textOf(message),
        textOf(by),
      ]),
    },
  ],
}

/** A fix that can be taken back: the account as it was, as `take-back.ts` has it. */
const FIXED: Copy = {
  table: 'fixed',
  key: ['row'],
  columns: 't.*, length(CAST(t.wire AS BLOB)) AS bytes',
  async parts(rows, { terms }) {
    await terms.keep(rows.flatMap(({ code }) => (code === null ? [] : [String(code)])))
    return [
      {
        name: 'fixed',
        sql: 'insert into waybill_store.fixed (row, task, before) select * from $',
        types: [BIGINT, BIGINT, TEXT],
        rows: rows.map(({ row, task, ...before }) => {
          const {
            timestamp_ms,
            shape,
            bytes,
            currency,
            amount,
            content,
            issues,
            wire,
            state,
            code,
            ended_ms,
            message,
          } = before
          const end = { row, state, code: termOf(code, terms), ended_ms, message: textOf(message) }
          return [
            row,
            task,
            JSON.stringify({
              timestamp_ms,
              shape,
              bytes: bytes ?? 0,
              due_ms: null,
              currency,
              amount,
              content: Buffer.from(content as Uint8Array).toString('hex'),
              issues,
              wire: textOf(wire),
              end,
            }),
          ]
        }),
      },
    ]
  },
}

const SESSIONS: Copy = {
  table: 'session',
  key: ['digest'],
  parts: (rows) => [
    {
      name: 'session',
      sql: `insert into waybill_store.session (digest, kind, who, role, pixels, created_ms, ends_ms)
        select digest, kind, who, role,
          case when pixels is not null then array(select json_array_elements_text(pixels::json)) end, created_ms, ends_ms
        from $ (digest, kind, who, role, pixels, created_ms, ends_ms)`,
      types: [TEXT, TEXT, TEXT, TEXT, TEXT, BIGINT, BIGINT],
      rows: rows.map(({ digest, kind, who, role, pixels, created_ms, ends_ms }) => [
        digest,
        kind,
        textOf(who),
        role,
        textOf(pixels),
        created_ms,
        ends_ms,
      ]),
    },
  ],
}

/** A value of the caller's; what begins with `store.` is about the file, but for how far numbers are summed up, which go along. */
const META: Copy = {
  table: 'meta',
  key: ['key'],
  parts: (rows) => [
    {
      name: 'meta',
      sql: 'insert into waybill_store.meta (key, value) select * from $ on conflict (key) do update set value = excluded.value',
      types: [TEXT, TEXT],
      rows: rows
        .filter(({ key }) => key === EDGES_KEY || !String(key).startsWith('store.'))
        .map(({ key, value }) => [textOf(key), textOf(value)]),
    },
  ],
}

const CELL = {
  flow: BIGINT,
  ends: BIGINT,
  flow_money: FLOAT,
  ends_money: FLOAT,
}
const KEY = { kind: SMALLINT, pixel: INT, name: INT, shape: INT, source: INT, code: INT, currency: INT }

/** What of a file goes where, in this order: texts first, which all else names by number. */
export const TABLES: readonly Copy[] = [
  TERMS,
  ACCOUNTS,
  BODIES,
  SUSPICIONS,
  REQUESTS,
  PASSAGES,
  HOLDS,
  same('order_key', ['key', 'row'], { key: TEXT, row: BIGINT }),
  same('context', ['pixel', 'key'], { pixel: INT, key: TEXT, at_ms: BIGINT, value: TEXT }),
  same(
    'action',
    ['seq'],
    { seq: BIGINT, at_ms: BIGINT, by: TEXT, verb: TEXT, about: TEXT },
    behindIdentity('action', 'seq'),
  ),
  same(
    'mark',
    ['seq'],
    { seq: BIGINT, at_ms: BIGINT, by: TEXT, text: TEXT, pixel: TEXT },
    behindIdentity('mark', 'seq'),
  ),
  same(
    'task',
    ['id'],
    {
      id: BIGINT,
      state: TEXT,
      by: TEXT,
      work: TEXT,
      selection: TEXT,
      rate: FLOAT,
      started_ms: BIGINT,
      ended_ms: BIGINT,
      events: BIGINT,
      done: BIGINT,
      passed: BIGINT,
      last_row: BIGINT,
      message: TEXT,
    },
    behindIdentity('task', 'id'),
  ),
  FIXED,
  SESSIONS,
  same('tally', ['pixel', 'shape', 'kind'], { pixel: INT, shape: INT, kind: SMALLINT, events: BIGINT }),
  same('rollup', ['grain', 'time', 'kind', 'pixel', 'name', 'shape', 'source', 'code', 'currency'], {
    grain: SMALLINT,
    time: INT,
    ...KEY,
    ...CELL,
  }),
  same('known', ['kind', 'pixel', 'name', 'shape', 'source', 'code', 'currency'], {
    ...KEY,
    ...CELL,
    first: INT,
    last: INT,
  }),
  same('rollup_day', ['time'], { time: INT, until: INT }),
  same('latency', ['grain', 'time', 'kind', 'pixel', 'bucket'], {
    grain: SMALLINT,
    time: INT,
    kind: SMALLINT,
    pixel: INT,
    bucket: SMALLINT,
    events: BIGINT,
  }),
  same('sample', ['grain', 'time', 'pixel'], {
    grain: SMALLINT,
    time: INT,
    pixel: INT,
    queued: BIGINT,
    held: BIGINT,
    sending: BIGINT,
  }),
  META,
]
