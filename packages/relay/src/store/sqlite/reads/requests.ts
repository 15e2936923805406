import { checkLimit } from '../../answers/events.ts'
import { numberCursor } from '../../cursor.ts'
import type { ListedRequest, RequestList, RequestListQuestion, RequestTree } from '../../reads/index.ts'
import type { Row } from '../database.ts'
import { readAttempt } from '../operations/show.ts'
import { hasRow } from '../row-set.ts'
import type { SqliteMoment } from './moment.ts'

const CHUNK = 256
const MAX_MERGED = 16
const COLUMNS = [
  'seq, pixel, at_ms, duration_ms, status, verdict, code, message, request_id, validate_only, ambiguous, events',
  'lease, step, parent',
].join()

interface RequestColumns extends Row {
  readonly seq: number
  readonly pixel: number
}

/** The newest first. */
export function requests(moment: SqliteMoment, question: RequestListQuestion): RequestList {
  const { cursor, limit } = question
  checkLimit(limit)
  const read = readerOf(moment, question)
  const found: RequestColumns[] = []
  let below = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  for (;;) {
    const chunk = read(below)
    for (const request of chunk) {
      if (!isMeant(moment, request, question)) continue
      if (found.length === limit) return page(moment, found, String(found.at(-1)!.seq), false)
      found.push(request)
    }
    if (chunk.length < CHUNK) return page(moment, found, undefined, false)
    below = chunk.at(-1)!.seq
    if (found.length > 0 && moment.isOver()) return page(moment, found, String(below), true)
  }
}

function page(
  moment: SqliteMoment,
  found: readonly RequestColumns[],
  cursor: string | undefined,
  isCut: boolean,
): RequestList {
  return { requests: found.map((request) => requestOf(moment, request)), cursor, isCut }
}

/** By the rarest of what is asked for: an odd verdict, some pixels, or nothing. */
function readerOf(
  moment: SqliteMoment,
  { pixels, verdict, untilMs }: RequestListQuestion,
): (below: number) => RequestColumns[] {
  const start = untilMs === undefined ? '' : ` AND seq <= ${lastBefore(moment, untilMs)}`
  const terms = pixels?.flatMap((pixel) => moment.terms.find(pixel) ?? [])
  const parts = [
    ...(verdict !== undefined && verdict !== 'delivered'
      ? [`verdict <> 'delivered' AND verdict = '${quoted(verdict)}'`]
      : []),
    ...(terms !== undefined && terms.length <= MAX_MERGED ? [`pixel IN (${terms.join()})`] : []),
  ]
  const where = [...parts, `seq < ?${start}`].join(' AND ')
  const statement = moment.database.prepare(
    `SELECT ${COLUMNS} FROM request WHERE ${where} ORDER BY seq DESC LIMIT ${CHUNK}`,
  )
  return (below) => statement.all(below) as RequestColumns[]
}

function quoted(text: string): string {
  return text.replaceAll("'", "''")
}

/** The last that was sent before a time: requests are kept in the order in which they ended, which is nearly that. */
function lastBefore(moment: SqliteMoment, untilMs: number): number {
  const at = moment.database.prepare('SELECT seq, at_ms FROM request WHERE seq <= ? ORDER BY seq DESC LIMIT 1')
  let [low, high] = [0, Number(moment.row('SELECT max(seq) AS seq FROM request')?.['seq'] ?? 0)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const found = at.get(middle) as { seq: number; at_ms: number } | undefined
    if (found === undefined || found.at_ms < untilMs + SLACK_MS) low = middle
    else high = middle - 1
  }
  return low
}

/** No request takes longer. */
const SLACK_MS = 3_600_000

function isMeant(moment: SqliteMoment, request: RequestColumns, question: RequestListQuestion): boolean {
  const { pixels, verdict, status, fromMs, untilMs } = question
  const atMs = request['at_ms'] as number
  if (fromMs !== undefined && atMs < fromMs) return false
  if (untilMs !== undefined && atMs >= untilMs) return false
  if (verdict !== undefined && request['verdict'] !== verdict) return false
  if (status !== undefined && (request['status'] ?? 0) !== status) return false
  return pixels === undefined || pixels.includes(moment.terms.text(request.pixel))
}

export function requestOf(moment: SqliteMoment, row: RequestColumns): ListedRequest {
  return { seq: row.seq, pixel: moment.terms.text(row.pixel), ...readAttempt(row), parent: parentOf(moment, row) }
}

function parentOf(moment: SqliteMoment, { lease, parent }: Row): number | undefined {
  if (lease === null || parent === null || lease === undefined || parent === undefined) return undefined
  const sql = `SELECT seq FROM request WHERE lease = ? AND step = ? AND (parent IS NOT NULL OR verdict <> 'delivered')`
  return moment.row(sql, lease as number, parent as number)?.['seq'] as number | undefined
}

const MAX_TREE = 2_000

/** All requests of the lease that hang together with one. */
export function requestTree(
  moment: SqliteMoment,
  { seq, pixels }: { readonly seq: number; readonly pixels?: readonly string[] },
): RequestTree {
  const one = moment.row(`SELECT ${COLUMNS} FROM request WHERE seq = ?`, seq) as RequestColumns | undefined
  if (one === undefined || (pixels !== undefined && !pixels.includes(moment.terms.text(one.pixel))))
    return { requests: [] }
  if (one['lease'] === null) return { requests: [requestOf(moment, one)] }
  const sql = `SELECT ${COLUMNS} FROM request WHERE lease = ? AND (parent IS NOT NULL OR verdict <> 'delivered')
    ORDER BY seq LIMIT ${MAX_TREE}`
  const all = moment.rows(sql, one['lease'] as number) as RequestColumns[]
  const steps = new Map(all.map((request) => [request['step'], request]))
  const rootOf = (request: RequestColumns): number => {
    let at = request
    for (let up = steps.get(at['parent'] ?? null); up !== undefined; up = steps.get(at['parent'] ?? null)) at = up
    return at.seq
  }
  const root = rootOf(one)
  const tree = all.filter((request) => rootOf(request) === root)
  return { requests: (tree.length === 0 ? [one] : tree).map((request) => requestOf(moment, request)) }
}

/** Requests whose rows span a row; a span of n bits can begin at most 2^n rows before. */
const SPANS = 'SELECT seq FROM request WHERE width = ? AND first_row BETWEEN ? AND ? AND last_row >= ?'
const MAX_WIDTH = 53

/** Those that carried an event, in the order they were recorded. */
export function requestsOf(moment: SqliteMoment, row: number): ListedRequest[] {
  const spans = moment.database.prepare(SPANS)
  const found: number[] = []
  for (let width = 0; width <= MAX_WIDTH; width++) {
    const first = Math.max(0, row - 2 ** width)
    found.push(...(spans.all(width, first, row, row) as Row[]).map(({ seq }) => seq as number))
  }
  const select = moment.database.prepare(`SELECT ${COLUMNS}, rows FROM request WHERE seq = ?`)
  return found
    .sort((a, b) => a - b)
    .map((seq) => select.get(seq) as RequestColumns)
    .filter((request) => hasRow(request['rows'] as Uint8Array, row))
    .map((request) => requestOf(moment, request))
}
