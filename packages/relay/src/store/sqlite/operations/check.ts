import type { EventState } from '../../event.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { DELIVERED, endState, PRUNED, READY, WAITING } from '../state.ts'
import { counts } from './count.ts'

/** What is wrong with the file and with the books, one line each. Reads everything, so it takes as long as the file is large. */
export function check(core: Core): string[] {
  return [...checkPages(core), ...checkCounts(core), ...checkBodies(core), ...checkIdentity(core)]
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
    const key = keyOf(pixel as number, state === READY || state === WAITING ? (shape as number) : 0, state as number)
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

function nameOf(state: number): EventState | 'waiting' {
  return endState(state) ?? (state === READY ? 'queued' : 'waiting')
}

function checkBodies({ database }: Core): string[] {
  const statement = database.prepare(`
    SELECT count(*) AS events FROM event
    WHERE state IN (${READY}, ${WAITING}) AND NOT EXISTS (SELECT 1 FROM body WHERE body.row = event.row)`)
  const { events } = statement.get() as Row
  return events === 0 ? [] : [`${events} events are to be sent but have no body`]
}

function checkIdentity(core: Core): string[] {
  const { unaccounted } = counts(core)
  return unaccounted === 0 ? [] : [`${unaccounted} accepted events are in no state`]
}
