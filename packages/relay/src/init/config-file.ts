import { DEFAULT_ENDPOINT } from 'waybill/client'
import type { Answers } from './answers.ts'

/** Where an editor finds the schema once the relay is installed beside the file. */
const SCHEMA = './node_modules/@waybill/relay/config.schema.json'

/** The text of `waybill.config.json`. The key is named, never held. */
export function configText({ pixelId, contract, listen, dataDir, endpoint }: Answers): string {
  // The default stands in no file, so that it can be told from a wish.
  const elsewhere = endpoint === DEFAULT_ENDPOINT ? {} : { endpoint }
  const pixels = [{ pixelId, apiKeyEnv: 'WAYBILL_API_KEY', contract, ...elsewhere }]
  const config = { $schema: SCHEMA, listen, dataDir, pixels }
  return `${JSON.stringify(config, null, 2)}\n`
}
