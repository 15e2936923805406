import { redirect } from '@sveltejs/kit'
import { orderPaid } from '#lib/server/waybill.ts'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = async ({ request, locals, getClientAddress }) => {
  const email = String((await request.formData()).get('email'))
  const { consent, oppref } = locals.click
  const user = { email, ipAddress: getClientAddress(), userAgent: request.headers.get('user-agent') }
  redirect(303, `/thank-you/${orderPaid(consent ? { oppref, user } : {})}`)
}
