import { hash } from 'node:crypto'
import { VERSION } from 'waybill'
import type { RelayConfig } from '../config/index.ts'

/** Settings that hold secrets, or where to find them: their own digests say whether they changed. */
const APART: ReadonlySet<string> = new Set(['pixels', 'intakeTokens', 'adminTokens', 'sources'])
const SHOWN = 12

/**
 * What may explain a change of the figures: version, settings by name, keys. Values stand there as digests, which tell whether one changed
 * and nothing else.
 */
export function notedState({ settings, pixels, intakeTokens, sources }: RelayConfig): Record<string, string> {
  const state: Record<string, string> = { version: VERSION }
  for (const [name, value] of Object.entries(settings)) if (!APART.has(name)) state[`setting ${name}`] = digest(value)
  for (const { apiKey, ...pixel } of pixels) {
    state[`key of pixel ${pixel.pixelId}`] = digest(apiKey)
    for (const [name, value] of Object.entries(pixel))
      if (name !== 'pixelId') state[`setting ${name} of pixel ${pixel.pixelId}`] = digest(value)
  }
  for (const { name, token } of intakeTokens) state[`intake token ${name}`] = digest(token)
  for (const { source, name, pixelId, secrets } of sources)
    state[`secret of source ${[source, name].filter(Boolean).join('/')} of pixel ${pixelId}`] = digest(secrets)
  return state
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value) ?? '').slice(0, SHOWN)
}
