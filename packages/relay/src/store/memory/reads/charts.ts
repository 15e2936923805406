import { HOUR_MS, MINUTE_MS } from 'waybill/delivery'
import {
  OTHER,
  type Series,
  type SeriesLine,
  type SeriesQuestion,
  type Step,
  type WaitingQuestion,
  type WaitingSeries,
} from '../../reads/index.ts'
import type { Happening, MemoryData } from '../data.ts'
import { countOf, groupsBy, isMeant, minuteOfMs } from './numbers.ts'

const WEEK_MS = 7 * 24 * HOUR_MS
const STEP_MS: Readonly<Record<Step, number>> = {
  minute: MINUTE_MS,
  quarter: 15 * MINUTE_MS,
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
}
const MAX_LINES = 20

/** Days are those of UTC. */
export function pointsOf({ fromMs, untilMs, step }: Pick<SeriesQuestion, 'fromMs' | 'untilMs' | 'step'>): number[] {
  if (!(untilMs > fromMs)) throw new TypeError('The range ends before it begins.')
  const length = STEP_MS[step]
  const points: number[] = []
  for (let at = Math.floor(fromMs / length) * length; at < untilMs; at += length) points.push(at)
  return points
}

export function series(data: MemoryData, question: SeriesQuestion): Series {
  const { kinds, by, step, weeksBefore = 0 } = question
  const timesMs = pointsOf(question)
  const happened = data.happenings.filter((each) => isMeant(each, question))
  const firstMs = Math.min(...data.happenings.map(({ atMs }) => atMs))
  const about = { timesMs, lengthMs: STEP_MS[step], weeksBefore, firstMs: minuteOfMs(firstMs).firstMs }
  const lines = kinds.flatMap((kind): SeriesLine[] => {
    const ofKind = happened.filter((each) => each.kind === kind)
    if (by === undefined) return [lineOf(ofKind, about, { kind, key: undefined })]
    const inSight = ofKind.filter(({ atMs }) => weeksOf(about).some((start) => isInSpan(about, atMs + start)))
    const groups = groupsBy(inSight, [by])
    const rest = groups.slice(MAX_LINES).flatMap(({ items }) => items)
    return [
      ...groups.slice(0, MAX_LINES).map(({ key, items }) => lineOf(items, about, { kind, key: key[by] })),
      ...(rest.length > 0 ? [lineOf(rest, about, { kind, key: OTHER })] : []),
    ]
  })
  const last = Math.max(...data.happenings.map(({ atMs }) => atMs))
  return { step, timesMs, nowMs: Number.isFinite(last) ? minuteOfMs(last).lastMs + 1 : 0, lines }
}

interface Points {
  readonly timesMs: readonly number[]
  readonly lengthMs: number
  readonly weeksBefore: number
  readonly firstMs: number
}

function weeksOf({ weeksBefore }: Points): number[] {
  return Array.from({ length: weeksBefore + 1 }, (_, week) => week * WEEK_MS)
}

function isInSpan({ timesMs, lengthMs }: Points, atMs: number): boolean {
  return atMs >= timesMs[0]! && atMs < timesMs.at(-1)! + lengthMs
}

function lineOf(
  items: readonly Happening[],
  points: Points,
  { kind, key }: Pick<SeriesLine, 'kind' | 'key'>,
): SeriesLine {
  const { timesMs, lengthMs, firstMs } = points
  const spread = (shiftMs: number): number[] =>
    timesMs.map((at) => items.filter(({ atMs }) => atMs + shiftMs >= at && atMs + shiftMs < at + lengthMs).length)
  const own = items.filter(({ atMs }) => isInSpan(points, atMs))
  return {
    kind,
    key,
    events: spread(0),
    money: countOf(own).money,
    before: weeksOf(points)
      .slice(1)
      .map((shiftMs) => (timesMs.at(-1)! + lengthMs - shiftMs <= firstMs ? undefined : spread(shiftMs))),
  }
}

export function waiting(data: MemoryData, question: WaitingQuestion): WaitingSeries {
  const { pixels, step } = question
  const timesMs = pointsOf(question)
  const mine = data.samples.filter(({ pixel }) => pixels === undefined || pixels.includes(pixel))
  const most = (part: 'queued' | 'held' | 'sending'): number[] =>
    timesMs.map((at) => {
      const found = mine.filter(({ atMs }) => minuteOfMs(atMs).firstMs >= at && atMs < at + STEP_MS[step])
      const moments = new Map<number, Map<string, number>>()
      for (const { atMs, pixel, ...parts } of found) {
        const minute = minuteOfMs(atMs).firstMs
        const counts = moments.get(minute) ?? new Map<string, number>()
        moments.set(minute, counts.set(pixel, Math.max(counts.get(pixel) ?? 0, parts[part])))
      }
      return Math.max(
        0,
        ...[...moments.values()].map((counts) => [...counts.values()].reduce((sum, each) => sum + each, 0)),
      )
    })
  return { step, timesMs, queued: most('queued'), held: most('held'), sending: most('sending') }
}
