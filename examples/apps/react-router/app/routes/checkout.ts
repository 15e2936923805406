import { redirect } from 'react-router'
import { captureOppref } from 'waybill/oppref'
import { consents, orderPaid, type Visitor } from '../waybill.server'
import type { Route } from './+types/checkout'

export async function action({ request }: Route.ActionArgs) {
  const form = await request.formData()
  const key = orderPaid(await visitorOf(request, String(form.get('email'))))
  return redirect(`/thank-you/${key}`, 303)
}

async function visitorOf(request: Request, email: string): Promise<Visitor> {
  const { consent, oppref } = await captureOppref(request, { consent: () => consents(request.headers.get('cookie')) })
  if (!consent) return {}
  return { oppref, user: { email, userAgent: request.headers.get('user-agent') } }
}
