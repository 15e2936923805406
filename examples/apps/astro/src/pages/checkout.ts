import type { APIRoute } from 'astro'
import { orderPaid } from '../lib/waybill'

export const POST: APIRoute = async ({ request, locals, clientAddress, redirect }) => {
  const email = String((await request.formData()).get('email'))
  const { consent, oppref } = locals.click
  const user = { email, ipAddress: clientAddress, userAgent: request.headers.get('user-agent') }
  return redirect(`/thank-you/${orderPaid(consent ? { oppref, user } : {})}`, 303)
}
