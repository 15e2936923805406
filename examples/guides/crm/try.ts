/**
 * A deal from the form on the web to the export of the CRM, tried on this machine: the form, HubSpot's notices as HubSpot signs them,
 * and the export of the week, twice.
 *
 *   npx node examples/guides/crm/try.ts
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '@waybill/relay'
import { createClient } from 'waybill'
import { createContextClient } from 'waybill/oppref'
import { PIXEL_ID, say, withRelay } from '../relay.ts'
import { land } from '../visitor.ts'
import { page, submitForm } from './form.ts'

const { HUBSPOT_CLIENT_SECRET = 'secret-of-the-trial', WAYBILL_INTAKE_TOKEN = 'token-of-the-trial' } = process.env
const HOUR_MS = 3_600_000
const now = Date.now()

function notices(dealId: number, ...stages: readonly string[]): RequestInit {
  const common = { objectId: dealId, subscriptionType: 'deal.propertyChange', propertyName: 'dealstage' }
  const body = JSON.stringify(
    stages.map((stage, at) => ({ ...common, propertyValue: stage, occurredAt: now - 60_000 + at })),
  )
  // HubSpot signs the address that it knows, which is the configuration's publicUrl.
  const signed = `POSThttps://events.example.com/webhooks/hubspot/${PIXEL_ID}${body}${now}`
  const signature = createHmac('sha256', HUBSPOT_CLIENT_SECRET).update(signed).digest('base64')
  const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': `${now}` }
  return { body, headers: { ...headers, 'content-type': 'application/json' } }
}

/** Won deals as a CRM exports them: local times, decimal amounts, a column that nobody needs. Gives the file's path. */
function exportOf(day: string, folder: string): string {
  const local = (hoursAgo: number): string =>
    new Date(now - hoursAgo * HOUR_MS).toLocaleString('sv-SE', { timeZone: 'Asia/Singapore' })
  const rows = [
    'Deal ID,Close date,Amount,E-mail,Click reference,Owner',
    `4501,${local(1)},1500.00,buyer@example.com,AbC%2Bd%20e+f%E4,Kim`,
    `4502,${local(20)},980.00,caller@example.com,,Kim`,
    `4400,${local(9 * 24)},700.00,late@example.com,,Alex`,
  ]
  const file = join(folder, `deals-${day}.csv`)
  writeFileSync(file, `${rows.join('\n')}\n`)
  return file
}

const secrets = { HUBSPOT_CLIENT_SECRET, WAYBILL_INTAKE_TOKEN }
await withRelay(new URL('waybill.config.json', import.meta.url), secrets, async ({ url, post, settle }) => {
  const client = createClient({ pixelId: PIXEL_ID, apiKey: WAYBILL_INTAKE_TOKEN, endpoint: url })
  const contexts = createContextClient({ relay: url, token: WAYBILL_INTAKE_TOKEN, pixelId: PIXEL_ID })
  for (const [dealId, consent] of [
    ['4501', 'yes'],
    ['4503', 'no'],
  ] as const) {
    const headers = { cookie: await land('https://www.example.com', page, consent), 'user-agent': 'Mozilla/5.0' }
    const body = JSON.stringify({ email: 'buyer@example.com' })
    const request = new Request('https://www.example.com/demo', { method: 'POST', headers, body })
    const answer = await submitForm(request, { client, contexts, pixelId: PIXEL_ID, createDeal: async () => dealId })
    say(`deal_${dealId} on its page: ${await answer.text()}`)
  }
  await client.close()

  // The first notice says again what the form has reported.
  await post(`/webhooks/hubspot/${PIXEL_ID}`, notices(4501, 'qualifiedtobuy', 'appointmentscheduled'))
  await post(`/webhooks/hubspot/${PIXEL_ID}`, notices(4503, 'appointmentscheduled'))

  const folder = mkdtempSync(join(tmpdir(), 'waybill-export-'))
  const map = fileURLToPath(new URL('deals.map.json', import.meta.url))
  const refused = join(folder, 'refused.csv')
  // Tuesday's export has Monday's rows as well.
  for (const day of ['monday', 'tuesday']) {
    const options = ['--map', map, '--pixel', PIXEL_ID, '--endpoint', url, '--refused', refused]
    await main(['send', exportOf(day, folder), ...options], { env: { WAYBILL_API_KEY: WAYBILL_INTAKE_TOKEN } })
    say(`refused on ${day}:\n${readFileSync(refused, 'utf8').trimEnd()}`)
    rmSync(refused)
  }
  await settle('deal_4501', 'deal_4502', 'deal_4503', 'deal_4400')
  rmSync(folder, { recursive: true })
})
