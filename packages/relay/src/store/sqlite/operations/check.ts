import type { EventState } from '../../event.ts'
import { APART, DELIVERED, endState, isLive, PRUNED, READY, WAITING } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { checkNumbers } from './check-numbers.ts'
import { checkPixelRows } from './check-pixel-rows.ts'
import { counts } from './count.ts'

/** What is wrong with the file and with the books, one line each. Reads everything, so it takes as long as the file is large. */
export function check(core: Core): string[] {
  return [
    ...checkPages(core),
    ...checkCounts(core),
    ...checkBodies(core),
    ...checkSuspicions(core),
    ...checkIdentity(core),
    ...checkNumbers(core),
    ...checkPixelRows(core),
  ]
}

function checkPages({ database }: Core): string[] {
  const lines = (database.prepare('PRAGMA quick_check').all() as Row[]).map((row) => String(Object.values(row)[0]))
  return lines.filter((line) => line !== 'ok')
}

/** The sums that are kept against the rows that are there. */
function checkCounts({ database, tally, terms }: Core): string[] {
  const rows = database.prepare(
    'SELECT pixel, shape, state, count(*) AS events FROM event GROUP BY pixel, shape, state',
  )
  const found = new Map<string, number>()
  for (const { pixel, shape, state, events } of rows.all() as Row[]) {
    const key = keyOf(pixel as number, isLive(state as number) ? (shape as number) : 0, state as number)
    found.set(key, (found.get(key) ?? 0) + (events as number))
  }
  const lines: string[] = []
  for (const pixel of tally.pixels()) {
    const expect = (shape: number, state: number, kept: number): void => {
      const there = found.get(keyOf(pixel, shape, state)) ?? 0
      found.delete(keyOf(pixel, shape, state))
      if (there !== kept) lines.push(`${terms.text(pixel)}: ${kept} events counted as ${nameOf(state)}, ${there} found`)
    }
    for (const shape of tally.shapes(pixel)) {
      expect(shape, READY, tally.ready(pixel, shape))
      expect(shape, WAITING, tally.waiting(pixel, shape))
      expect(shape, APART, tally.apart(pixel, shape))
    }
    for (let state = DELIVERED; endState(state) !== undefined; state++) {
      expect(0, state, tally.kind(pixel, state) - tally.kind(pixel, state + PRUNED))
    }
  }
  return [...lines, ...[...found].map(([key, events]) => `${events} events were found that nobody counted (${key})`)]
}

function keyOf(pixel: number, shape: number, state: number): string {
  return `${pixel} ${shape} ${state}`
}

function nameOf(state: number): EventState | 'waiting' | 'apart' {
  if (state === APART) return 'apart'
  return endState(state) ?? (state === READY ? 'queued' : 'waiting')
}

/** A suspicion stands beside each event apart, and beside no other. */
function checkSuspicions({ database }: Core): string[] {
  const statement = database.prepare(`
    SELECT count(*) AS events FROM suspicion
    LEFT JOIN event ON event.row = suspicion.row AND event.state = ${APART} WHERE event.row IS NULL`)
  const stray = (statement.get() as Row)['events'] as number
  const { apart, known } = database
    .prepare(
      `SELECT (SELECT count(*) FROM event WHERE state = ${APART}) AS apart, (SELECT count(*) FROM suspicion) AS known`,
    )
    .get() as Row
  const lines = stray === 0 ? [] : [`${stray} suspicions are of events that are not apart`]
  return apart === (known as number) - stray
    ? lines
    : [...lines, `${apart} events are apart, and ${known} suspicions kept`]
}

function checkBodies({ database }: Core): string[] {
  const statement = database.prepare(`
    SELECT count(*) AS events FROM event
    WHERE state IN (${APART}, ${READY}, ${WAITING}) AND NOT EXISTS (SELECT 1 FROM body WHERE body.row = event.row)`)
  const { events } = statement.get() as Row
  return events === 0 ? [] : [`${events} events are to be sent but have no body`]
}

function checkIdentity(core: Core): string[] {
  const { unaccounted } = counts(core)
  return unaccounted === 0 ? [] : [`${unaccounted} accepted events are in no state`]
}
