import type { Selection } from '../../selection.ts'
import { APART, END_CODES, READY, WAITING } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row, Value } from '../database.ts'
import { NO_TERM, where } from '../query.ts'
import { MINUTE } from '../sql/queue.ts'

type Alike = Extract<Selection, { state: string }>
type Suspects = Extract<Selection, { suspect: true }>

/** The rows that a selection means, at most `limit`. Rows that were named are given as they are. */
export function selectRows(core: Core, selection: Selection, limit: number): number[] {
  if ('rows' in selection) return [...new Set(selection.rows)].slice(0, limit)
  if ('suspect' in selection) return selectSuspects(core, selection, limit)
  if (selection.state === 'queued' || selection.state === 'held') return selectLive(core, selection, limit)
  return selectEnded(core, selection, limit)
}

function selectEnded({ database, terms }: Core, selection: Alike, limit: number): number[] {
  const { state, pixel, code, shape, sinceMs } = selection
  const { sql, values } = where([
    ['state = ?', END_CODES[state as keyof typeof END_CODES]],
    ['code = ?', code],
    ['pixel = ?', termOf(terms, pixel)],
    ['shape = ?', termOf(terms, shape)],
    ['ended_ms >= ?', sinceMs],
  ])
  return readRows(database.prepare(`SELECT row FROM event WHERE state > 2 AND ${sql} LIMIT ?`).all(...values, limit))
}

/** Queue by queue: whether one is held is asked once for each, and only what matches is read. */
function selectLive(core: Core, selection: Alike, limit: number): number[] {
  const rows: number[] = []
  for (const pixel of core.tally.pixels()) {
    if (selection.pixel !== undefined && core.terms.text(pixel) !== selection.pixel) continue
    for (const shape of core.tally.shapes(pixel)) {
      if (selection.shape !== undefined && core.terms.text(shape) !== selection.shape) continue
      rows.push(...selectQueued(core, pixel, shape, selection, limit - rows.length))
      if (rows.length >= limit) return rows
    }
  }
  return rows
}

function selectQueued(core: Core, pixel: number, shape: number, selection: Alike, limit: number): number[] {
  const hold = core.holds.covering(pixel, shape)
  if ((selection.state === 'held') !== (hold !== undefined)) return []
  // The code of a held event is that of its hold.
  if (hold !== undefined && selection.code !== undefined && selection.code !== hold.code) return []
  const code = hold === undefined ? selection.code : undefined
  const rows: number[] = []
  for (const { state, from, order } of LIVE) {
    const { sql, values } = where([
      ['event.code = ?', code],
      ['accepted_ms >= ?', selection.sinceMs],
    ])
    const rest = sql === '' ? '' : `AND ${sql}`
    const statement = core.database.prepare(`SELECT event.row FROM ${from} ${rest} ORDER BY ${order} LIMIT ?`)
    const leased = state === APART ? core.leases.sendingApart(pixel, shape) : core.leases.sending(pixel, shape)
    const found = readRows(statement.all(pixel, shape, ...values, limit + leased))
    rows.push(...found.filter((row) => !core.leases.has(row)))
  }
  return rows.slice(0, Math.max(0, limit))
}

/** Where the events of a state are found, in the order that an index has. */
const LIVE = [
  { state: READY, from: `event WHERE state = ${READY} AND event.pixel = ? AND event.shape = ?`, order: MINUTE },
  {
    state: WAITING,
    from: `event WHERE state = ${WAITING} AND event.pixel = ? AND event.shape = ?`,
    order: 'timestamp_ms',
  },
  {
    state: APART,
    from: 'suspicion CROSS JOIN event USING (row) WHERE suspicion.pixel = ? AND suspicion.shape = ?',
    order: 'suspicion.timestamp_ms',
  },
]

/** All that are suspected of something, whatever is held. */
function selectSuspects({ database, leases, terms }: Core, selection: Suspects, limit: number): number[] {
  const { pixel, code, shape, sinceMs } = selection
  const { sql, values } = where([
    ['row > ?', 0],
    ['pixel = ?', termOf(terms, pixel)],
    ['shape = ?', termOf(terms, shape)],
    ['code = ?', code],
    ['first_ms >= ?', sinceMs],
  ])
  const found = database.prepare(`SELECT row FROM suspicion WHERE ${sql} LIMIT ?`)
  const most = limit + leases.allRows().length
  return readRows(found.all(...values, most))
    .filter((row) => !leases.has(row))
    .slice(0, limit)
}

function termOf(terms: Core['terms'], text: string | undefined): Value | undefined {
  return text === undefined ? undefined : (terms.find(text) ?? NO_TERM)
}

function readRows(rows: readonly unknown[]): number[] {
  return (rows as Row[]).map(({ row }) => row as number)
}
