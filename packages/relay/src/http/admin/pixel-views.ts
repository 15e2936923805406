import { MAX_AGE_MS } from 'waybill'
import { HOUR_MS } from 'waybill/delivery'
import type { PixelConfig } from '../../engine/index.ts'
import type { Outage } from '../../observe/index.ts'
import type { Counts, PixelStatus } from '../../store/index.ts'
import type { AdminOptions } from './options.ts'
import { maySee, type Scope } from './scope.ts'

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
  readonly [detail: string]: unknown
}

/** Looking at what will expire has to stay cheap. */
const MAX_EXPIRING = 100_000
const NONE: Expiring = { within24h: 0, within1h: 0 }
const UNCONFIGURED_HINT =
  'nothing is sent for it: add it to the configuration again and reload (SIGHUP), or discard what waits'

/** Every pixel that is configured or has events, of those that the caller may see. */
export async function pixelViews(
  scope: Scope,
  { store, clock, pixels, outageOf, readsOf, signsOf }: AdminOptions,
): Promise<readonly PixelView[]> {
  const [statuses, expiring] = await Promise.all([store.pixels(), expiringOf(store, clock.now())])
  const found = new Map(statuses.map((one) => [one.pixel, one]))
  const configured = new Map(pixels().map((one) => [one.pixelId, one]))
  const known = [...new Set([...configured.keys(), ...found.keys()])].filter((pixel) => maySee(scope, pixel))
  return known.map((pixel) => {
    const standing = stateOf(configured.get(pixel), found.get(pixel))
    // Nothing is tried again of a pixel that is held or gone.
    const failing = standing.state === 'delivering' ? outageOf(pixel) : undefined
    const contractsRead = configured.get(pixel)?.contract === 'auto' ? readsOf(pixel) : undefined
    return {
      pixel,
      ...standing,
      ...(contractsRead && { contractsRead }),
      failing,
      ...signsOf(pixel),
      expiring: expiring.get(pixel) ?? NONE,
    }
  })
}

function stateOf(
  config: PixelConfig | undefined,
  status: PixelStatus | undefined,
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

async function expiringOf(store: AdminOptions['store'], nowMs: number): Promise<ReadonlyMap<string, Expiring>> {
  const fromMs = nowMs - MAX_AGE_MS
  const within = async (hours: number): Promise<ReadonlyMap<string, number>> => {
    const found = await store.expiring({ fromMs, beforeMs: fromMs + hours * HOUR_MS, limit: MAX_EXPIRING })
    return new Map(found.map(({ pixel, events }) => [pixel, events]))
  }
  const [day, hour] = await Promise.all([within(24), within(1)])
  return new Map([...day].map(([pixel, within24h]) => [pixel, { within24h, within1h: hour.get(pixel) ?? 0 }]))
}
