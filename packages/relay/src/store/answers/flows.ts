import { MINUTE_MS } from 'waybill/delivery'
import type { FlowLine, Flows, FlowsQuestion, WaitingLine } from '../reads/index.ts'
import { QUARTER, QUARTER_GRAIN } from '../roll-up/edges.ts'
import { ACCEPTED, DELIVERED, REFUSED } from '../state.ts'
import type { Moment } from './moment.ts'
import { isWithin, type Minutes, piecesOf } from './pieces.ts'
import type { Reading } from './reading.ts'
import { type Summed, slices, sumOver } from './sums.ts'
import { isIn, textOf, wantedOf } from './where.ts'

/** Flow by quarters of an hour, of each source of each pixel. */
export function* flows(moment: Moment, { fromMs, untilMs, pixels }: FlowsQuestion): Reading<Flows> {
  if (!(untilMs > fromMs)) throw new TypeError('The range ends before it begins.')
  const minutes: Minutes = { from: quarterBefore(fromMs), until: quarterAfter(untilMs) }
  const pieces = piecesOf(minutes, moment.edges, moment.days, QUARTER_GRAIN)
  const wanted = wantedOf(moment, { ...(pixels && { pixels }) })
  const sum = (kinds: readonly number[], by: readonly ('pixel' | 'source' | 'code')[]): Reading<Summed[]> =>
    sumOver(moment, pieces, { kinds, count: 'flow', wanted, by }, true)
  return {
    flows: [
      ...linesOf(moment, yield* sum([ACCEPTED, DELIVERED], ['pixel', 'source'])),
      ...linesOf(moment, yield* sum([REFUSED], ['pixel', 'source', 'code'])),
    ],
    waiting: yield* waitingOf(moment, pieces, wanted.pixels),
  }
}

const quarterBefore = (timeMs: number): number => Math.floor(timeMs / MINUTE_MS / QUARTER) * QUARTER
const quarterAfter = (timeMs: number): number => Math.ceil(timeMs / MINUTE_MS / QUARTER) * QUARTER

const NAMES = new Map<number, FlowLine['kind']>([
  [ACCEPTED, 'accepted'],
  [DELIVERED, 'delivered'],
  [REFUSED, 'refused'],
])

interface Line {
  readonly kind: number
  readonly keys: readonly number[]
  readonly steps: Map<number, number>
}

function linesOf(moment: Moment, rows: readonly Summed[]): FlowLine[] {
  const lines = new Map<string, Line>()
  for (const { kind, keys, time, events } of rows) {
    const at = `${kind} ${keys.join()}`
    const line = lines.get(at) ?? { kind, keys, steps: new Map() }
    lines.set(at, line)
    const quarter = Math.floor(time / QUARTER) * QUARTER
    line.steps.set(quarter, (line.steps.get(quarter) ?? 0) + events)
  }
  return [...lines.values()].map(({ kind, keys: [pixel, source, code], steps }) => ({
    pixel: textOf(moment, 'pixel', pixel!, kind),
    source: textOf(moment, 'source', source!, kind),
    kind: NAMES.get(kind)!,
    ...(code !== undefined && { code: textOf(moment, 'code', code, kind) }),
    ...columnsOf(steps),
  }))
}

function columnsOf(steps: ReadonlyMap<number, number>): Pick<WaitingLine, 'timesMs' | 'events'> {
  const rising = [...steps].filter(([, events]) => events > 0).sort(([one], [other]) => one - other)
  return { timesMs: rising.map(([time]) => time * MINUTE_MS), events: rising.map(([, events]) => events) }
}

function* waitingOf(
  moment: Moment,
  pieces: ReturnType<typeof piecesOf>,
  pixels: readonly number[] | undefined,
): Reading<WaitingLine[]> {
  const isMeant = pixels === undefined ? 's.pixel > 0' : isIn('s.pixel', pixels)
  const lines = new Map<number, Map<number, number>>()
  for (const piece of yield* slices(moment, pieces, 'sample')) {
    moment.mustBeInTime()
    const times = moment.timesOf(piece, 'sample')
    const sql = `${times.sql}
      SELECT s.time AS time, s.pixel AS pixel, s.queued + s.held + s.sending AS events
      FROM t ${times.join} ${moment.tables.sample} AS s ON s.grain = ${piece.grain} AND s.time = t.time AND ${isMeant}
      WHERE ${isWithin('s', piece)}`
    for (const row of yield* moment.all(sql)) raise(lines, row as unknown as Waits)
  }
  return [...lines].map(([pixel, steps]) => ({ pixel: moment.terms.text(pixel), ...columnsOf(steps) }))
}

interface Waits {
  readonly time: number
  readonly pixel: number
  readonly events: number
}

function raise(lines: Map<number, Map<number, number>>, { time, pixel, events }: Waits): void {
  const steps = lines.get(pixel) ?? new Map<number, number>()
  lines.set(pixel, steps)
  const quarter = Math.floor(time / QUARTER) * QUARTER
  steps.set(quarter, Math.max(steps.get(quarter) ?? 0, events))
}
