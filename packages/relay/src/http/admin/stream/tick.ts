import { VERSION } from 'waybill'
import { DAY_MS } from 'waybill/delivery'
import { z } from 'zod'
import type { AdminOptions } from '../options.ts'
import { levelOf, needsOf } from '../read/needs.ts'
import { taskView } from '../task-view.ts'

/** How often what needs somebody is looked at anew. */
const NEEDS_EVERY_MS = 5_000
/** Sets of pixels whose last counts are remembered. */
const MOST_SEEN = 500

interface Seen {
  readonly atMs: number
  readonly accepted: number
  readonly delivered: number
}

type TickParts = Pick<
  AdminOptions,
  'reads' | 'store' | 'clock' | 'pixels' | 'outageOf' | 'sources' | 'startedMs' | 'monotonic'
>

const count = z.number()

/** One message of the stream of ticks. */
export const tickSchema: z.ZodType = z.strictObject({
  type: z.literal('tick'),
  atMs: z.number(),
  version: z.string(),
  startedMs: z.number(),
  commit: z.number(),
  counts: z.strictObject({
    accepted: count,
    queued: count,
    sending: count,
    held: count,
    delivered: count,
    refused: count,
    expired: count,
    discarded: count,
    unaccounted: count,
  }),
  held: z.array(z.string()).meta({ description: 'Pixels that are held as a whole.' }),
  needs: z.number().meta({ description: 'How many things need somebody.' }),
  state: z.enum(['green', 'amber', 'red']),
  rate: z.strictObject({ acceptedPerSecond: z.number(), deliveredPerSecond: z.number() }),
  tasks: z.array(z.strictObject({ id: z.number(), state: z.string(), done: z.number(), total: z.number() })),
})

/** What the page is told each second: counts, what runs, and in one word how it stands. */
export function createTick(parts: TickParts): (pixels: readonly string[] | undefined) => Promise<object> {
  const seen = new Map<string, Seen>()
  const needsOfPixels = needsBook(parts)
  return async (pixels) => {
    const filter = pixels === undefined ? {} : { pixels }
    const [{ counts, holds, commit }, needs, running] = await Promise.all([
      parts.reads.ask('now', filter),
      needsOfPixels(pixels),
      parts.store.runningTasks(),
    ])
    const key = JSON.stringify(pixels ?? '*')
    const now: Seen = { atMs: parts.monotonic(), accepted: counts.accepted, delivered: counts.delivered }
    const rate = rateSince(seen.get(key), now)
    seen.delete(key)
    seen.set(key, now)
    const [oldest] = seen.keys()
    if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest)
    const tasks = running.filter(({ selection }) => pixels === undefined || isWithin(selection.pixels, pixels))
    return {
      commit,
      version: VERSION,
      startedMs: parts.startedMs,
      counts,
      held: holds.filter(({ shape }) => shape === undefined).map(({ pixel }) => pixel),
      needs: needs.length,
      state: levelOf(needs, counts.unaccounted),
      rate,
      tasks: tasks.map((task) => {
        const { id, state, done, total } = taskView(task)
        return { id, state, done, total }
      }),
    }
  }
}

function isWithin(named: readonly string[] | undefined, pixels: readonly string[]): boolean {
  return named?.every((pixel) => pixels.includes(pixel)) === true
}

function rateSince(before: Seen | undefined, now: Seen): { acceptedPerSecond: number; deliveredPerSecond: number } {
  const seconds = before === undefined ? 0 : (now.atMs - before.atMs) / 1_000
  if (before === undefined || seconds <= 0) return { acceptedPerSecond: 0, deliveredPerSecond: 0 }
  const per = (events: number): number => Math.round((Math.max(0, events) / seconds) * 10) / 10
  return {
    acceptedPerSecond: per(now.accepted - before.accepted),
    deliveredPerSecond: per(now.delivered - before.delivered),
  }
}

type Needs = ReturnType<typeof needsOf>

function needsBook(parts: TickParts): (pixels: readonly string[] | undefined) => Promise<Needs> {
  const kept = new Map<string, { readonly atMs: number; readonly needs: Promise<Needs> }>()
  return (pixels) => {
    const key = JSON.stringify(pixels ?? '*')
    const known = kept.get(key)
    const nowMs = parts.monotonic()
    if (known !== undefined && nowMs - known.atMs < NEEDS_EVERY_MS) return known.needs
    for (const [one, { atMs }] of kept) if (nowMs - atMs > NEEDS_EVERY_MS) kept.delete(one)
    const needs = askNeeds(pixels, parts)
    kept.set(key, { atMs: nowMs, needs })
    return needs
  }
}

async function askNeeds(pixels: readonly string[] | undefined, parts: TickParts): Promise<Needs> {
  const { reads, clock, pixels: configured, outageOf, sources, startedMs } = parts
  const nowMs = clock.now()
  const range = { fromMs: nowMs - DAY_MS, untilMs: nowMs + 1 }
  const overview = await reads.ask('pixels', { ...range, ...(pixels && { pixels }) })
  const ids = new Set(configured().map(({ pixelId }) => pixelId))
  const isSeen = (pixel: string | undefined): boolean =>
    pixels === undefined || (pixel !== undefined && pixels.includes(pixel))
  return needsOf({
    nowMs,
    startedMs,
    pixels: overview.pixels,
    outageOf,
    isConfigured: (pixel) => ids.has(pixel),
    sources: sources().filter(({ pixel }) => isSeen(pixel)),
    isClockConfirmed: clock.isConfirmed(),
  })
}
