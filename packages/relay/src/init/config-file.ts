import type { Answers } from './answers.ts'

/** The text of `waybill.config.json`. The key is named, never held. */
export function configText({ pixelId, contract, listen, dataDir }: Answers): string {
  const config = { listen, dataDir, pixels: [{ pixelId, apiKeyEnv: 'WAYBILL_API_KEY', contract }] }
  return `${JSON.stringify(config, null, 2)}\n`
}
