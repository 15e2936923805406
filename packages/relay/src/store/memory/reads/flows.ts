import { MINUTE_MS } from 'waybill/delivery'
import { contextKey } from '../../context-key.ts'
import type { FlowLine, Flows, FlowsQuestion, OrderAccount, Orders, OrdersQuestion } from '../../reads/index.ts'
import type { Happening, MemoryData } from '../data.ts'
import { groupBy } from '../group-by.ts'
import { listed } from './lists.ts'
import { isIn, minuteOfMs } from './numbers.ts'

const QUARTER_MS = 15 * MINUTE_MS
const KINDS: ReadonlySet<string> = new Set(['accepted', 'delivered', 'refused'])
const quarterOf = (timeMs: number): number => Math.floor(timeMs / QUARTER_MS) * QUARTER_MS

export function flows(data: MemoryData, { fromMs, untilMs, pixels }: FlowsQuestion): Flows {
  if (!(untilMs > fromMs)) throw new TypeError('The range ends before it begins.')
  const range = { fromMs: quarterOf(fromMs), untilMs: Math.ceil(untilMs / QUARTER_MS) * QUARTER_MS }
  const isMine = ({ pixel, atMs }: { readonly pixel: string; readonly atMs: number }): boolean =>
    isIn(range, atMs) && (pixels === undefined || pixels.includes(pixel))
  const happened = data.happenings.filter((each) => KINDS.has(each.kind) && isMine(each))
  const lines = groupBy(happened, ({ pixel, source, kind, code }) =>
    JSON.stringify([pixel, source, kind, kind === 'refused' ? code : '']),
  )
  const samples = groupBy(data.samples.filter(isMine), ({ pixel }) => pixel)
  return {
    flows: lines.map(([, items]) => lineOf(items)),
    waiting: samples
      .map(([pixel, items]) => ({ pixel, ...columnsOf(items, (own) => Math.max(...own.map(sumOf))) }))
      .filter(({ timesMs }) => timesMs.length > 0),
  }
}

function sumOf({
  queued,
  held,
  sending,
}: {
  readonly queued: number
  readonly held: number
  readonly sending: number
}): number {
  return queued + held + sending
}

function lineOf(items: readonly Happening[]): FlowLine {
  const { pixel, source, kind, code } = items[0]!
  const about = { pixel, source, kind: kind as FlowLine['kind'], ...(kind === 'refused' && { code }) }
  return { ...about, ...columnsOf(items, (own) => own.length) }
}

function columnsOf<Item extends { readonly atMs: number }>(
  items: readonly Item[],
  countOf: (items: readonly Item[]) => number,
): { readonly timesMs: number[]; readonly events: number[] } {
  const steps = groupBy(items, ({ atMs }) => String(quarterOf(minuteOfMs(atMs).firstMs)))
    .map(([time, own]): [number, number] => [Number(time), countOf(own)])
    .filter(([, events]) => events > 0)
    .sort(([one], [other]) => one - other)
  return { timesMs: steps.map(([time]) => time), events: steps.map(([, events]) => events) }
}

export function orders(data: MemoryData, { ids, pixels }: OrdersQuestion): Orders {
  const found = [...new Set(ids)].map((id) => {
    const key = contextKey('order', id)
    const own = data.entries.filter(
      ({ event }) =>
        (event.id === id || event.contexts?.includes(key) === true) &&
        (pixels === undefined || pixels.includes(event.pixel)),
    )
    return { id, accounts: own.map((entry) => accountOf(listed(data, entry))) }
  })
  return { orders: found }
}

function accountOf({
  row,
  pixel,
  name,
  id,
  state,
  code,
  attempts,
  amount,
  currency,
}: ReturnType<typeof listed>): OrderAccount {
  return { row, pixel, name, id, state, code, attempts, amount, currency }
}
