import { MAX_AGE_MS } from 'waybill'
import { HOUR_MS } from 'waybill/delivery'
import type { PixelConfig } from '../../engine/index.ts'
import type { Outage } from '../../observe/index.ts'
import type { Counts, PixelOverview, Range } from '../../store/index.ts'
import type { AdminOptions } from './options.ts'
import { lostFromOf, type Need, needsOf } from './read/needs.ts'
import { type Figure, figureOf, orNull } from './read/shared.ts'
import { maySee, pixelsAsked, type Scope } from './scope.ts'

/** Events that expire within the time unless they are delivered. */
export interface Expiring {
  readonly within24h: number
  readonly within1h: number
}

/** A pixel as `/api/pixels` and `/api/status` show it. */
export interface PixelView {
  readonly pixel: string
  readonly state: 'delivering' | 'held' | 'unconfigured'
  readonly expiring: Expiring
  /** While requests fail: events are kept and tried again. */
  readonly failing: Outage | undefined
  readonly counts: Counts | undefined
  /** What needs somebody first, and what to do. */
  readonly problem: Need['kind'] | null
  readonly remedy: string | null
  readonly lostFromMs: number | null
  readonly accepted: Figure
  /** Of several relays the one that delivers it, `null` where none does now; absent where there is one. */
  readonly relay?: string | null
  readonly [detail: string]: unknown
}

/** The pixels with what needs somebody, read at one commit. */
export interface PixelViews {
  readonly commit: number
  readonly pixels: readonly PixelView[]
  readonly needs: readonly Need[]
}

/** Looking at what will expire has to stay cheap. */
const MAX_EXPIRING = 100_000
const NONE: Expiring = { within24h: 0, within1h: 0 }
const NOTHING: Figure = { events: 0, money: [] }
const UNCONFIGURED_HINT =
  'nothing is sent for it: add it to the configuration again and reload (SIGHUP), or discard what waits'

/** Every pixel that is configured or has events, of those that the caller may see; what loses first is first. */
export async function pixelViews(
  { scope, pixel, range }: { readonly scope: Scope; readonly pixel?: string | undefined; readonly range: Range },
  options: AdminOptions,
): Promise<PixelViews> {
  const asked = pixelsAsked(scope, pixel)
  const [overview, expiring, owners] = await Promise.all([
    options.reads.ask('pixels', { ...range, ...(asked && { pixels: asked }) }),
    expiringOf(options, asked),
    ownersOf(options.store),
  ])
  const configured = new Map(options.pixels().map((one) => [one.pixelId, one]))
  const found = new Map(overview.pixels.map((one) => [one.pixel, one]))
  const needs = needsIn(scope, overview.pixels, options).filter((need) => pixel === undefined || need.pixel === pixel)
  const isWanted = (one: string): boolean => maySee(scope, one) && (pixel === undefined || one === pixel)
  const known = [...new Set([...configured.keys(), ...found.keys()])].filter(isWanted)
  const views = known.map((one) =>
    viewOf(one, {
      config: configured.get(one),
      overview: found.get(one),
      need: needs.find((need) => need.pixel === one),
      expiring: expiring.get(one) ?? NONE,
      owners,
      options,
    }),
  )
  return { commit: overview.commit, pixels: inOrder(views, needs), needs }
}

/** What needs somebody, of what a caller may see. */
function needsIn(
  scope: Scope,
  pixels: readonly PixelOverview[],
  { clock, outageOf, sources, startedMs, pixels: configured }: AdminOptions,
): Need[] {
  const ids = new Set(configured().map(({ pixelId }) => pixelId))
  return needsOf({
    nowMs: clock.now(),
    startedMs,
    pixels,
    outageOf,
    isConfigured: (one) => ids.has(one),
    sources: sources().filter(({ pixel: one }) => (one === undefined ? scope === '*' : maySee(scope, one))),
    isClockConfirmed: clock.isConfirmed(),
  })
}

interface Known {
  readonly config: PixelConfig | undefined
  readonly overview: PixelOverview | undefined
  readonly need: Need | undefined
  readonly expiring: Expiring
  readonly owners: ReadonlyMap<string, string> | undefined
  readonly options: AdminOptions
}

function viewOf(pixel: string, { config, overview, need, expiring, owners, options }: Known): PixelView {
  const { outageOf, readsOf, signsOf } = options
  const standing = stateOf(config, overview)
  // Nothing is tried again of a pixel that is held or gone.
  const failing = standing.state === 'delivering' ? outageOf(pixel) : undefined
  const contractsRead = config?.contract === 'auto' ? readsOf(pixel) : undefined
  const signs = signsOf(pixel)
  return {
    pixel,
    ...standing,
    ...(contractsRead && { contractsRead }),
    failing,
    ...signs,
    expiring,
    keyState: keyStateOf(need, overview, signs.canary?.passed === true),
    lastAcceptedMs: orNull(overview?.lastAcceptedMs),
    lastDeliveredMs: orNull(overview?.lastDeliveredMs),
    accepted: overview === undefined ? NOTHING : figureOf(overview.accepted),
    delivered: overview === undefined ? NOTHING : figureOf(overview.delivered),
    refused: overview === undefined ? NOTHING : figureOf(overview.refused),
    expired: overview === undefined ? NOTHING : figureOf(overview.expired),
    maxRequestsPerSecond: orNull(config?.maxRequestsPerSecond),
    lostFromMs: overview === undefined ? null : lostFromOf(overview),
    problem: need?.kind ?? null,
    remedy: need?.hint ?? null,
    ...(owners && { relay: orNull(owners.get(pixel)) }),
  }
}

/** What loses first is first, then what needs somebody, then the others by name. */
function inOrder(views: readonly PixelView[], needs: readonly Need[]): PixelView[] {
  const rank = new Map<string, number>()
  for (const [at, { pixel }] of needs.entries()) if (pixel !== null && !rank.has(pixel)) rank.set(pixel, at)
  const rankOf = ({ pixel }: PixelView): number => rank.get(pixel) ?? needs.length
  return views.toSorted((one, other) => rankOf(one) - rankOf(other) || (one.pixel < other.pixel ? -1 : 1))
}

function keyStateOf(need: Need | undefined, overview: PixelOverview | undefined, hasPassed: boolean): string {
  if (need?.kind === 'key') return 'refused'
  return hasPassed || overview?.lastDeliveredMs !== undefined ? 'ok' : 'unknown'
}

function stateOf(
  config: PixelConfig | undefined,
  status: PixelOverview | undefined,
): Pick<PixelView, 'state' | 'counts'> & Record<string, unknown> {
  return {
    state: config === undefined ? 'unconfigured' : status?.hold === undefined ? 'delivering' : 'held',
    hint: config === undefined ? UNCONFIGURED_HINT : undefined,
    hold: status?.hold,
    heldShapes: status?.heldShapes ?? [],
    counts: status?.counts,
    oldestTimestampMs: status?.oldestTimestampMs,
    suspects: status?.suspects ?? 0,
    suspectsByKind: status?.suspectsByKind,
    ...(config && { contract: config.contract, preflight: config.preflight, endpoint: config.endpoint }),
  }
}

/** Pixel → the relay that delivers it. */
async function ownersOf({ claims }: AdminOptions['store']): Promise<ReadonlyMap<string, string> | undefined> {
  if (claims === undefined) return undefined
  return new Map((await claims.owners()).map(({ what, name }) => [what, name]))
}

async function expiringOf(
  { reads, clock }: Pick<AdminOptions, 'reads' | 'clock'>,
  pixels: readonly string[] | undefined,
): Promise<ReadonlyMap<string, Expiring>> {
  const fromMs = clock.now() - MAX_AGE_MS
  const beforeMs = [fromMs + 24 * HOUR_MS, fromMs + HOUR_MS]
  const backlog = await reads.ask('backlog', { ...(pixels && { pixels }), fromMs, beforeMs, limit: MAX_EXPIRING })
  return new Map(
    backlog.pixels.map(({ pixel, within: [within24h = 0, within1h = 0] }) => [pixel, { within24h, within1h }]),
  )
}
