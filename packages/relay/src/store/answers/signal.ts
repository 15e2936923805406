import { OTHER, type Signal, type SignalQuestion } from '../reads/index.ts'
import { ADDED, FLOW_CODES } from '../state.ts'
import { grouped, rangeOf } from './groups.ts'
import type { Moment } from './moment.ts'
import type { Piece } from './pieces.ts'
import type { Reading } from './reading.ts'
import { type Sum, type Summed, slices, sumOver } from './sums.ts'
import { conditions, textOf, type Wanted, wantedOf } from './where.ts'

const MAX_SHAPES = 1_000

interface ShapeCount {
  readonly name: number
  readonly shape: number
  events: number
}

/** What there was to match with, by name and shape. Throws `TooSlowError`. */
export function* signal(moment: Moment, question: SignalQuestion): Reading<Signal> {
  const { pixels: of, kind = 'delivered' } = question
  const wanted = wantedOf(moment, { ...(of && { pixels: of }) })
  const { pieces } = rangeOf(moment, question)!
  const code = FLOW_CODES[kind]
  const found = (yield* countShapes(moment, pieces, code, wanted)).sort((a, b) => b.events - a.events)
  const added = yield* sumOver(moment, pieces, { kinds: [ADDED], count: 'flow', wanted, by: ['code'] })
  const rest = found.slice(MAX_SHAPES).reduce((sum, { events }) => sum + events, 0)
  return {
    events: found.reduce((sum, { events }) => sum + events, 0),
    shapes: [
      ...found.slice(0, MAX_SHAPES).map(({ name, shape, events }) => ({
        name: textOf(moment, 'name', name, code),
        shape: textOf(moment, 'shape', shape, code),
        events,
      })),
      ...(rest > 0 ? [{ name: OTHER, shape: OTHER, events: rest }] : []),
    ],
    added: Object.fromEntries(
      [...grouped(added).values()].map(({ keys: [field = 0], events }) => [
        textOf(moment, 'code', field, ADDED),
        events,
      ]),
    ),
  }
}

/** Without money, which stands last in the key: rows of one time come in the order of pixel, name and shape, and need not be sorted. */
function* countShapes(moment: Moment, pieces: readonly Piece[], kind: number, wanted: Wanted): Reading<ShapeCount[]> {
  const counts = new Map<string, ShapeCount>()
  const sum: Sum = { kinds: [kind], count: 'flow', wanted, by: ['name', 'shape'] }
  if (moment.addsUpAtOnce) {
    for (const each of yield* sumOver(moment, pieces, sum)) add(counts, shapeOf(each))
    return [...counts.values()].filter(({ events }) => events > 0)
  }
  const sql = `
    SELECT name, shape, sum(flow) AS events FROM (
      SELECT name, shape, sum(flow) AS flow FROM ${moment.tables.rollup}
      WHERE grain = ? AND time = ? AND kind = ${kind} AND ${conditions(wanted).join(' AND ')}
      GROUP BY pixel, name, shape) AS of_pixels
    GROUP BY name, shape HAVING sum(flow) > 0`
  for (const piece of yield* slices(moment, pieces, 'rollup')) {
    for (const each of moment.packedSums(piece, sum, false)) add(counts, shapeOf(each))
    const times = moment.timesOf(piece, 'rollup').sql
    for (const { time } of yield* moment.all(`${times} SELECT time FROM t WHERE time < ${piece.until}`)) {
      moment.mustBeInTime()
      for (const row of yield* moment.all(sql, piece.grain, time as number)) add(counts, row as unknown as ShapeCount)
    }
  }
  return [...counts.values()]
}

function shapeOf({ keys: [name = 0, shape = 0], events }: Summed): ShapeCount {
  return { name, shape, events }
}

function add(counts: Map<string, ShapeCount>, { name, shape, events }: ShapeCount): void {
  const at = `${name} ${shape}`
  const known = counts.get(at)
  if (known === undefined) counts.set(at, { name, shape, events })
  else known.events += events
}
