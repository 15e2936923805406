/**
 * A Lambda-style function behind a form: it stores the lead and reports it. The platform freezes the function as soon as it
 * returns, so it waits for what it tracked.
 */
import { createClient } from 'waybill'

const { WAYBILL_PIXEL_ID = '', WAYBILL_API_KEY = '', WAYBILL_ENDPOINT } = process.env

// Outside the handler: one client serves all calls of this instance.
const client = createClient({
  pixelId: WAYBILL_PIXEL_ID,
  apiKey: WAYBILL_API_KEY,
  endpoint: WAYBILL_ENDPOINT,
  // A visitor waits for the answer: rather give up early than keep the form spinning.
  totalTimeoutMs: 3_000,
  // A malformed address must not cost the conversion.
  invalidIdentity: 'drop',
  onOutcome({ id, status, issues }) {
    if (status !== 'delivered') console.warn(id, status, issues.map(({ code }) => code).join(' '))
  },
})

interface Lead {
  readonly id: string
  readonly email: string
}

/** What became of the request. */
export interface Reply {
  readonly statusCode: number
}

export async function handler(request: { readonly body: string }): Promise<Reply> {
  const lead = await storeLead(JSON.parse(request.body))
  // Never throws and never rejects: reporting a conversion must not fail the form.
  client.track({
    id: `lead_${lead.id}`,
    type: 'lead_created',
    timestamp: new Date(),
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/contact',
    user: { email: lead.email },
    data: {},
  })
  await client.flush()
  return { statusCode: 204 }
}

/** Stands for your database, which gives the lead its id. */
async function storeLead({ email }: { email: string }): Promise<Lead> {
  return { id: crypto.randomUUID(), email }
}
