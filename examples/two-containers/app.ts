/**
 * An app that reports an order to a relay in the container beside it. In clear, because the network between the two is theirs alone:
 * `allowHttp` says to which name that is taken. Run by `deploy/compose.app.yaml`, and by `deploy/try.ts` without Docker.
 */
import { readFileSync } from 'node:fs'
import { createClient } from 'waybill'

const { WAYBILL_PIXEL_ID = '', WAYBILL_ENDPOINT, WAYBILL_ALLOW_HTTP = '' } = process.env
const { WAYBILL_INTAKE_TOKEN, WAYBILL_INTAKE_TOKEN_FILE } = process.env
const token = WAYBILL_INTAKE_TOKEN ?? readFileSync(WAYBILL_INTAKE_TOKEN_FILE ?? '', 'utf8').trim()

const client = createClient({
  pixelId: WAYBILL_PIXEL_ID,
  // The relay's intake token takes the place of the API's key, which the app never holds.
  apiKey: token,
  endpoint: WAYBILL_ENDPOINT,
  allowHttp: WAYBILL_ALLOW_HTTP.split(',').filter((name) => name !== ''),
})
const [outcome] = await client.send([
  { id: 'order_1', type: 'order_created', timestamp: new Date(), data: { amount: '25.99', currency: 'USD' } },
])
process.stdout.write(`${outcome?.status}\n`)
process.exitCode = outcome?.status === 'queued' ? 0 : 1
