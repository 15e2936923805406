import { MINUTE_MS } from 'waybill/delivery'
import type { Counts } from '../../counts.ts'
import type {
  Backlog,
  BacklogQuestion,
  FaultGroups,
  FaultGroupsQuestion,
  Groups,
  GroupsQuestion,
  Histogram,
  Known,
  Latency,
  LatencyQuestion,
  Now,
  NowQuestion,
  PixelsOverview,
  PixelsQuestion,
  Signal,
  SignalQuestion,
} from '../../reads/index.ts'
import { count, pixelStatus } from '../accounts.ts'
import type { MemoryData } from '../data.ts'
import { listed, moneyOf } from './lists.ts'
import { countedOf, countOf, endsOf, groupsBy, isIn, isMeant, minuteOfMs, wholeMinutes } from './numbers.ts'

export function groups(data: MemoryData, question: GroupsQuestion): Groups {
  const { count: what, by, limit = 100, fromMs, untilMs } = question
  const range = wholeMinutes(question)
  const kind = 'flow' in what ? what.flow : what.ends
  const ever = data.happenings.filter((each) => each.kind === kind && isMeant(each, question))
  const items = ('flow' in what ? ever : endsOf(data, what.ends).filter((each) => isMeant(each, question))).filter(
    ({ atMs }) => isIn(range, atMs),
  )
  const found = groupsBy(items, by)
  return {
    groups: found.slice(0, limit).map(({ key, items: mine }) => {
      const all = ever.filter((each) => by.every((name) => each[name] === key[name])).map(({ atMs }) => atMs)
      const seen = { firstMs: minuteOfMs(Math.min(...all)).firstMs, lastMs: minuteOfMs(Math.max(...all)).lastMs }
      return { key, ...countOf(mine), ...(by.length === 0 ? { firstMs: 0, lastMs: 0 } : seen) }
    }),
    total: countOf(items),
    count: found.length,
    range: fromMs === undefined && untilMs === undefined ? undefined : range,
  }
}

export function faults(data: MemoryData, question: FaultGroupsQuestion): FaultGroups {
  const { state = 'refused', limit = 50 } = question
  const range = wholeMinutes(question)
  const ends = data.entries.filter(({ end }) => end === state).map((entry) => ({ ...countedOf(entry), entry }))
  const mine = ends.filter((each) => isMeant(each, question) && isIn(range, each.atMs))
  const found = groupsBy(mine, ['pixel', 'code'])
  return {
    groups: found.slice(0, limit).map(({ key, items }) => {
      const { pixel = '', code = '' } = key
      const ever = data.happenings.filter((each) => each.kind === state && each.pixel === pixel && each.code === code)
      const times = ever.map(({ atMs }) => atMs)
      const latest = ends
        .filter((each) => each.pixel === pixel && each.code === code)
        .sort((a, b) => b.atMs - a.atMs || b.entry.row - a.entry.row)
      return {
        pixel,
        code,
        ...countOf(items),
        sources: groupsBy(items, ['source']).map((each) => ({
          source: each.key['source'] ?? '',
          events: each.items.length,
        })),
        firstMs: minuteOfMs(Math.min(...times)).firstMs,
        lastMs: minuteOfMs(Math.max(...times)).lastMs,
        samples: latest.slice(0, 3).map(({ entry }) => ({ ...listed(data, entry), issues: entry.event.issues })),
      }
    }),
    total: countOf(mine),
    count: found.length,
  }
}

function pixelsOf(data: MemoryData, pixels: readonly string[] | undefined): string[] {
  return [...data.accepted.keys()].filter((pixel) => pixels === undefined || pixels.includes(pixel))
}

export function now(data: MemoryData, { pixels }: NowQuestion): Now {
  const mine = pixelsOf(data, pixels)
  const all = mine.map((pixel) => count(data, pixel))
  const counts = Object.fromEntries(
    Object.keys(count(data, undefined)).map((name) => [
      name,
      all.reduce((sum, each) => sum + each[name as keyof Counts], 0),
    ]),
  ) as unknown as Counts
  const live = data.entries.filter(({ end, event }) => end === undefined && mine.includes(event.pixel))
  return {
    counts,
    waitingMoney: countOf(live.map(({ event }) => moneyOf(event))).money,
    holds: [...data.holds.values()]
      .filter(({ pixel }) => pixels === undefined || pixels.includes(pixel))
      .map(({ pixel, shape, hold }) => {
        const held = data.entries.filter(({ end, event }) => end === undefined && event.pixel === pixel)
        const events = held.filter(({ event }) => shape === undefined || event.shape === shape).length
        return { ...hold, pixel, shape, events }
      }),
    hasEvents: counts.accepted > 0,
    counted: 1,
  }
}

export function backlog(data: MemoryData, { pixels: of, fromMs, beforeMs, limit }: BacklogQuestion): Backlog {
  return {
    pixels: pixelsOf(data, of).map((pixel) => {
      const live = data.entries.filter(({ end, event }) => end === undefined && event.pixel === pixel)
      const times = live.map(({ event }) => event.timestampMs)
      const within = beforeMs.map((untilMs) => times.filter((at) => isIn({ fromMs, untilMs }, at)).length)
      return {
        pixel,
        counts: count(data, pixel),
        oldestTimestampMs: times.length === 0 ? undefined : Math.min(...times),
        within: within.map((events) => Math.min(events, limit)),
      }
    }),
  }
}

export function pixels(data: MemoryData, question: PixelsQuestion): PixelsOverview {
  const range = wholeMinutes(question)
  return {
    pixels: pixelsOf(data, question.pixels).map((pixel) => {
      const flow = (kind: string) => data.happenings.filter((each) => each.kind === kind && each.pixel === pixel)
      const lastOf = (kind: string): number | undefined => {
        const times = flow(kind).map(({ atMs }) => atMs)
        return times.length === 0 ? undefined : minuteOfMs(Math.max(...times)).firstMs
      }
      const within = (items: readonly { readonly atMs: number }[]) => items.filter(({ atMs }) => isIn(range, atMs))
      const ends = (state: 'refused' | 'expired') => within(endsOf(data, state).filter((each) => each.pixel === pixel))
      const live = data.entries.filter(({ end, event }) => end === undefined && event.pixel === pixel)
      const times = live.map(({ event }) => event.timestampMs)
      return {
        ...pixelStatus(data, pixel),
        oldestTimestampMs: times.length === 0 ? undefined : Math.floor(Math.min(...times) / MINUTE_MS) * MINUTE_MS,
        accepted: countOf(within(flow('accepted')) as never),
        delivered: countOf(within(flow('delivered')) as never),
        refused: countOf(ends('refused') as never),
        expired: countOf(ends('expired') as never),
        lastAcceptedMs: lastOf('accepted'),
        lastDeliveredMs: lastOf('delivered'),
        lastRefusedMs: lastOf('refused'),
      }
    }),
  }
}

/** Whole quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS

export function latency(data: MemoryData, question: LatencyQuestion): Latency {
  const fromMs = Math.floor(question.fromMs / QUARTER_MS) * QUARTER_MS
  const histogram = (kind: 'accepted' | 'delivered'): Histogram => {
    const spans = data.happenings
      .filter((each) => each.kind === kind && isMeant(each, question.pixels ? { pixels: question.pixels } : {}))
      .filter(({ atMs }) => isIn({ fromMs, untilMs: question.untilMs }, atMs))
      .flatMap(({ tookMs }) => tookMs ?? [])
      .sort((a, b) => a - b)
    return histogramOf(spans)
  }
  return { accepted: histogram('accepted'), delivered: histogram('delivered') }
}

function histogramOf(spans: readonly number[]): Histogram {
  const buckets = new Map<number, number>()
  for (const span of spans) {
    const below = span < 1 ? 1 : 2 ** ((Math.floor(Math.log2(span) * 8) + 1) / 8)
    buckets.set(below, (buckets.get(below) ?? 0) + 1)
  }
  const rising = [...buckets].sort((a, b) => a[0] - b[0])
  const quantile = (share: number): number | undefined => {
    const span = spans[Math.ceil(spans.length * share) - 1]
    return span === undefined ? undefined : rising.find(([below]) => span < below)?.[0]
  }
  return { events: spans.length, p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99), buckets: rising }
}

export function signal(data: MemoryData, question: SignalQuestion): Signal {
  const { kind = 'delivered', pixels: of } = question
  const range = wholeMinutes(question)
  const mine = data.happenings.filter((each) => isMeant(each, of ? { pixels: of } : {}) && isIn(range, each.atMs))
  const items = mine.filter((each) => each.kind === kind)
  return {
    events: items.length,
    shapes: groupsBy(items, ['name', 'shape']).map(({ key, items: { length } }) => {
      return { name: key['name']!, shape: key['shape']!, events: length }
    }),
    added: Object.fromEntries(
      groupsBy(
        mine.filter((each) => each.kind === 'added'),
        ['code'],
      ).map(({ key, items: { length } }) => [key['code']!, length]),
    ),
  }
}

export function known(data: MemoryData, { pixels: of }: NowQuestion): Known {
  const mine = data.happenings.filter((each) => isMeant(each, of ? { pixels: of } : {}))
  const accepted = mine.filter(({ kind }) => kind === 'accepted')
  const texts = (items: readonly string[]): string[] => [...new Set(items)].filter((text) => text !== '').sort()
  const ends = mine.filter(({ kind }) => ['delivered', 'refused', 'expired', 'discarded'].includes(kind))
  const firstMs = accepted.length === 0 ? undefined : minuteOfMs(Math.min(...accepted.map(({ atMs }) => atMs))).firstMs
  const oldestMs = data.entries[0]?.acceptedMs
  const isForgetful = oldestMs !== undefined && firstMs !== undefined && oldestMs - firstMs > MINUTE_MS
  return {
    pixels: texts(accepted.map(({ pixel }) => pixel)),
    names: texts(accepted.map(({ name }) => name)),
    sources: texts(accepted.map(({ source }) => source)),
    codes: texts(ends.map(({ code }) => code)),
    firstMs,
    forgottenBeforeMs: isForgetful ? oldestMs : undefined,
  }
}
