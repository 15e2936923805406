import { ISSUES, MAX_AGE_MS } from 'waybill'
import { DAY_MS, MINUTE_MS } from 'waybill/delivery'
import { z } from 'zod'
import type { Outage, SourceStanding } from '../../../observe/index.ts'
import type { Hold, PixelOverview } from '../../../store/index.ts'

export type NeedKind =
  | 'held'
  | 'shape_held'
  | 'key'
  | 'failing'
  | 'expiring'
  | 'unconfigured'
  | 'refused'
  | 'suspects'
  | 'source_nothing'
  | 'clock'

/** Something that somebody should look at or do. */
export interface Need {
  readonly kind: NeedKind
  readonly pixel: string | null
  readonly code: string | null
  readonly source: string | null
  readonly shape: string | null
  readonly events: number
  readonly sinceMs: number | null
  /** When the first of its events is lost. */
  readonly lostFromMs: number | null
  readonly hint: string
  readonly action: 'resume' | 'fix' | 'look' | null
}

const KINDS: readonly NeedKind[] = [
  'key',
  'held',
  'failing',
  'expiring',
  'unconfigured',
  'shape_held',
  'refused',
  'suspects',
  'source_nothing',
  'clock',
]

export const needSchema: z.ZodType<Need> = z
  .strictObject({
    kind: z.enum(KINDS as [NeedKind, ...NeedKind[]]),
    pixel: z.string().nullable(),
    code: z.string().nullable(),
    source: z.string().nullable(),
    shape: z.string().nullable(),
    events: z.number(),
    sinceMs: z.number().nullable(),
    lostFromMs: z.number().nullable(),
    hint: z.string(),
    action: z.enum(['resume', 'fix', 'look']).nullable(),
  })
  .meta({ id: 'Need' })

export interface NeedFacts {
  readonly nowMs: number
  readonly startedMs: number
  readonly pixels: readonly PixelOverview[]
  readonly isConfigured: (pixel: string) => boolean
  readonly outageOf: (pixel: string) => Outage | undefined
  readonly sources: readonly SourceStanding[]
  readonly isClockConfirmed: boolean
}

const KEY_CODES: ReadonlySet<string> = new Set(['unauthorized', 'wrong_key_family'])
/** By then the first answers have said what time it is, where any come. */
const CLOCK_WAIT_MS = 15 * MINUTE_MS
/** One failure is the network's daily business. */
const FAILING_AFTER = 5
const EMPTY = {
  pixel: null,
  code: null,
  source: null,
  shape: null,
  events: 0,
  sinceMs: null,
  lostFromMs: null,
} as const

/** What needs somebody: what loses first is first. */
export function needsOf(facts: NeedFacts): Need[] {
  const { pixels, sources } = facts
  const all = [...pixels.flatMap((pixel) => ofPixel(pixel, facts)), ...sources.flatMap(ofSource), ...ofClock(facts)]
  return all.sort(
    (one, other) =>
      (one.lostFromMs ?? Number.POSITIVE_INFINITY) - (other.lostFromMs ?? Number.POSITIVE_INFINITY) ||
      KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
      other.events - one.events,
  )
}

const RED: ReadonlySet<NeedKind> = new Set(['key', 'held', 'failing', 'expiring', 'unconfigured'])

/** The state of everything in one word, with the account of every event first. */
export function levelOf(needs: readonly Need[], unaccounted: number): 'green' | 'amber' | 'red' {
  if (unaccounted !== 0 || needs.some(({ kind }) => RED.has(kind))) return 'red'
  return needs.length > 0 ? 'amber' : 'green'
}

/** When the first waiting event of a pixel is too old for the API. */
export function lostFromOf({ oldestTimestampMs }: Pick<PixelOverview, 'oldestTimestampMs'>): number | null {
  return oldestTimestampMs === undefined ? null : oldestTimestampMs + MAX_AGE_MS
}

function ofPixel(overview: PixelOverview, facts: NeedFacts): Need[] {
  const { pixel, counts, hold, heldShapes, refused, suspects } = overview
  const { queued, sending, held } = counts
  const waiting = queued + sending + held
  const lostFromMs = waiting === 0 ? null : lostFromOf(overview)
  const common = { ...EMPTY, pixel, lostFromMs }
  const needs: Need[] = []
  if (hold !== undefined) needs.push(ofHold(hold, { ...common, events: held }))
  for (const one of heldShapes)
    if (one.hold !== undefined) {
      const { shape, events } = one
      needs.push({ ...ofHold(one.hold, { ...common, shape, events }), kind: 'shape_held' })
    }
  if (hold === undefined && waiting > 0) needs.push(...ofWaiting(common, waiting, facts))
  if (refused.events > 0) {
    const hint = 'Fix what is wrong, or the source of it, and replay them while the API still takes them.'
    needs.push({ ...common, kind: 'refused', lostFromMs: null, events: refused.events, hint, action: 'fix' })
  }
  if (suspects > 0) {
    const hint = 'They were spoken against once and are asked again: nothing, or end it by hand.'
    needs.push({ ...common, kind: 'suspects', lostFromMs: null, events: suspects, hint, action: 'look' })
  }
  return needs
}

type Common = Omit<Need, 'kind' | 'hint' | 'action'>

function ofHold({ code, message, atMs, by }: Hold, common: Common): Need {
  const isOfEngine = Object.hasOwn(ISSUES, code)
  const hint = isOfEngine ? ISSUES[code as keyof typeof ISSUES].fix : `${by}: ${message}`
  const kind = KEY_CODES.has(code) ? 'key' : 'held'
  return { ...common, kind, code, sinceMs: atMs, hint, action: isOfEngine ? 'look' : 'resume' }
}

function ofWaiting(common: Common & { readonly pixel: string }, waiting: number, facts: NeedFacts): Need[] {
  const { pixel, lostFromMs } = common
  const needs: Need[] = []
  const outage = facts.outageOf(pixel)
  if (!facts.isConfigured(pixel)) {
    const hint = 'Nothing is sent for it: add it to the configuration again and reload, or discard what waits.'
    needs.push({ ...common, kind: 'unconfigured', events: waiting, hint, action: 'look' })
  } else if (outage !== undefined && outage.requests >= FAILING_AFTER) {
    const code = outage.status === undefined ? 'no_answer' : `status_${outage.status}`
    const hint = 'Events are kept and tried again: run waybill doctor.'
    needs.push({ ...common, kind: 'failing', code, events: waiting, sinceMs: outage.sinceMs, hint, action: 'look' })
  }
  if (needs.length === 0 && lostFromMs !== null && lostFromMs - facts.nowMs < DAY_MS) {
    const hint = 'They expire within a day unless they are delivered: look at what keeps them.'
    needs.push({ ...common, kind: 'expiring', events: waiting, hint, action: 'look' })
  }
  return needs
}

function ofSource({ source, pixel, alarm }: SourceStanding): Need[] {
  if (alarm === undefined) return []
  return [{ ...EMPTY, kind: 'source_nothing', source, pixel: pixel ?? null, hint: alarm, action: 'look' }]
}

function ofClock({ isClockConfirmed, nowMs, startedMs, pixels }: NeedFacts): Need[] {
  const isQuiet = pixels.every(({ counts }) => counts.queued + counts.sending === 0)
  if (isClockConfirmed || isQuiet || nowMs - startedMs < CLOCK_WAIT_MS) return []
  const hint = 'Nothing expires until the time is known: check the time service of this machine.'
  return [{ ...EMPTY, kind: 'clock', hint, action: 'look' }]
}
