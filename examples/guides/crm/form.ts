/** A form on the web that makes a deal in the CRM: the lead is reported under the deal's id, by the server and by the page. */
import { type Client, check } from 'waybill'
import { type ContextClient, captureOppref, type WebRequest } from 'waybill/oppref'
import { conversion, measureCall } from 'waybill/pixel'

export interface Site {
  readonly client: Client
  readonly contexts: ContextClient
  readonly pixelId: string
  /** Makes the deal in the CRM and gives its id; the click reference goes into a property of the deal. */
  readonly createDeal: (deal: { email: string; clickReference: string | undefined }) => Promise<string>
}

/** Stands for your consent tool. */
const consents = ({ headers }: WebRequest): boolean => /(?:^|; )ads=yes(?:;|$)/.test(headers.get('cookie') ?? '')

/** Any page: the landing page's click reference is kept in a cookie. */
export async function page(request: Request): Promise<Response> {
  const { setCookie } = await captureOppref(request, { consent: consents })
  const answer = new Response('Welcome')
  if (setCookie !== undefined) answer.headers.append('set-cookie', setCookie)
  return answer
}

/** Answers with the pixel's call, for the page to make: `oaiq(...call)`. */
export async function submitForm(request: Request, { client, contexts, pixelId, createDeal }: Site): Promise<Response> {
  const { email } = (await request.json()) as { email: string }
  const { consent, oppref } = await captureOppref(request, { consent: consents })
  const dealId = await createDeal({ email, clickReference: oppref })
  const userAgent = request.headers.get('user-agent') ?? undefined
  // For what the CRM tells of the deal, days later.
  await contexts.carry(dealId, { consent, oppref, userAgent, landedAtMs: Date.now() })
  const event = {
    id: `deal_${dealId}`,
    type: 'lead_created',
    timestamp: new Date(),
    actionSource: 'web',
    sourceUrl: 'https://www.example.com/demo',
    ...(consent && { oppref, user: { email, userAgent } }),
  } as const
  client.track(event)
  const made = conversion({ pixelId, ...event }, { check, now: Date.now(), invalidIdentity: 'drop' })
  return Response.json({ call: made.ok && consent ? measureCall(made) : undefined })
}
