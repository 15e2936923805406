import { ConfigError } from 'waybill'
import type { PixelConfig } from '../engine/index.ts'
import type { Store } from '../store/index.ts'

/** The data says that a pixel was delivered to another endpoint. What was delivered there was not delivered here. */
export class EndpointChangedError extends ConfigError {
  override readonly name: string = 'EndpointChangedError'

  constructor(pixel: string, before: string, now: string) {
    super('endpoint_changed', `Pixel ${pixel} was delivered to ${before} on this data, and is now set to ${now}.`, {
      hint: 'Use another data folder, or accept the change with --accept-endpoint.',
    })
  }
}

/** Keeps which endpoint each pixel is delivered to, and refuses another one unless the operator accepts it. */
export async function guardEndpoints(
  store: Pick<Store, 'getMeta' | 'setMeta' | 'recordAction'>,
  pixels: readonly PixelConfig[],
  { accept, now }: { readonly accept: boolean; readonly now: () => number },
): Promise<void> {
  const changes: { pixelId: string; before: string | undefined; endpoint: string }[] = []
  for (const { pixelId, endpoint: given } of pixels) {
    const endpoint = normalised(given)
    const before = await store.getMeta(keyOf(pixelId))
    if (before === endpoint) continue
    if (before !== undefined && !accept) throw new EndpointChangedError(pixelId, before, endpoint)
    changes.push({ pixelId, before, endpoint })
  }
  for (const { pixelId, before, endpoint } of changes) {
    await store.setMeta(keyOf(pixelId), endpoint)
    if (before === undefined) continue
    const about = { pixel: pixelId, before, endpoint }
    await store.recordAction({ atMs: now(), by: 'command line', verb: 'endpoint:accept', about })
  }
}

function keyOf(pixelId: string): string {
  return `endpoint:${pixelId}`
}

function normalised(endpoint: string): string {
  return new URL(endpoint).href.replace(/\/+$/, '').replace(/\/v1\/events$/, '')
}
