/** Events as shops send them: a few shapes, some nearly too old when they come, some ahead of their time. */
import type { Draft } from './plan.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, START_MS, WINDOW_MS } from './units.ts'

/** An event of the plan, and what the oracle has to know of it. */
export interface PlannedEvent {
  readonly id: string
  readonly pixel: string
  /** What makes it alike to others. */
  readonly shape: string
  /** Its own time, in milliseconds since the start. */
  readonly timeMs: number
  readonly hasUser: boolean
  readonly bytes: number
  readonly wire: object
}

export interface TrafficOptions {
  readonly atMs?: number
  readonly pixel?: string
  readonly size?: number
  /** Every event has one of these. Default: all of one, which is drawn. */
  readonly variants?: readonly Variant[]
  /** Bytes that each event has more. */
  readonly ballastBytes?: number
  /** None is nearly too old or ahead of its time. */
  readonly young?: boolean
  /** Each has so much of its window left, or a little less. */
  readonly leftMs?: number
}

export type Variant = 'plain' | 'clicked' | 'known' | 'member' | 'lead' | 'custom'

interface Content {
  readonly type: string
  readonly data: object
  readonly action_source?: string
}

const EMAIL = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'

/** What distinguishes the shapes. */
const VARIANTS: Readonly<Record<Variant, (name: string) => Content>> = {
  plain: () => ({ type: 'order_created', data: { type: 'contents', amount: 4_500, currency: 'EUR' } }),
  clicked: () => ({
    type: 'order_created',
    oppref: 'ref_of_a_visitor',
    data: { type: 'contents', amount: 4_500, currency: 'EUR' },
  }),
  known: () => ({
    type: 'order_created',
    user: { email_sha256: EMAIL, country: 'DE' },
    data: { type: 'contents', amount: 4_500, currency: 'EUR' },
  }),
  member: () => ({
    type: 'lead_created',
    action_source: 'offline',
    user: { email_sha256: EMAIL },
    data: { type: 'customer_action' },
  }),
  lead: () => ({ type: 'lead_created', action_source: 'offline', data: { type: 'customer_action' } }),
  custom: (name: string) => ({
    type: 'custom',
    custom_event_name: `step_${name}`,
    action_source: 'other',
    data: { type: 'custom' },
  }),
}

const USUAL: readonly Variant[] = ['plain', 'clicked', 'known', 'lead']
const WITH_CONTENTS: readonly Variant[] = ['plain', 'clicked', 'known']

/** Adds one arrival to the plan and gives its events. */
export function drawTraffic(draft: Draft, options: TrafficOptions = {}): readonly PlannedEvent[] {
  const { dice, arrivals, pixels } = draft
  const index = arrivals.length
  const atMs = options.atMs ?? (dice.chance(0.7) ? dice.whole(5 * MINUTE_MS) : dice.whole(2 * DAY_MS))
  const pixel = options.pixel ?? dice.pick(pixels)
  const size = options.size ?? (dice.chance(0.12) ? 100 + dice.whole(500) : 1 + dice.whole(30))
  const variants = options.variants ?? [dice.pick(options.ballastBytes ? WITH_CONTENTS : USUAL)]
  const events = Array.from({ length: size }, (_, at): PlannedEvent => {
    const timeMs = atMs - drawAge(draft, options)
    return planned(`e${index}_${at}`, {
      pixel,
      timeMs,
      name: `${index}_${at}`,
      variant: dice.pick(variants),
      ...options,
    })
  })
  arrivals.push({ atMs, pixel, events })
  return events
}

function drawAge({ dice }: Draft, { young = false, leftMs }: TrafficOptions): number {
  if (leftMs !== undefined) return WINDOW_MS - leftMs + dice.whole(leftMs / 4)
  if (young) return dice.whole(DAY_MS)
  const drawn = dice.random()
  if (drawn < 0.05) return WINDOW_MS - dice.whole(20 * MINUTE_MS) - 1
  return drawn < 0.08 ? -dice.whole(20 * HOUR_MS) : dice.whole(3 * DAY_MS)
}

interface About extends TrafficOptions {
  readonly pixel: string
  readonly timeMs: number
  /** What a custom event is called. */
  readonly name: string
  readonly variant: Variant
}

function planned(id: string, { pixel, timeMs, name, variant, ballastBytes = 0 }: About): PlannedEvent {
  const { type, data, ...rest } = VARIANTS[variant](name)
  const contents = ballastBytes > 0 ? { contents: [{ id: 'sku', name: 'x'.repeat(ballastBytes) }] } : {}
  const source = 'action_source' in rest ? {} : { source_url: 'https://shop.example/done', action_source: 'web' }
  const wire = {
    id,
    type,
    timestamp_ms: START_MS + timeMs,
    ...source,
    ...rest,
    data: { ...data, ...contents },
  }
  const bytes = Buffer.byteLength(JSON.stringify(wire))
  const shape = variant === 'custom' ? `custom_${name}` : `${variant}${ballastBytes > 0 ? '_contents' : ''}`
  return { id, pixel, shape, timeMs, hasUser: variant === 'known' || variant === 'member', bytes, wire }
}
