import { defineMiddleware } from 'astro:middleware'
import { captureOppref } from 'waybill/oppref'
import { consents } from './lib/waybill'

/** Keeps the click reference, on every page, so that the landing page needs nothing of its own. */
export const onRequest = defineMiddleware(async ({ request, locals }, next) => {
  locals.click = await captureOppref(request, { consent: () => consents(request.headers.get('cookie')) })
  const answer = await next()
  if (locals.click.setCookie !== undefined) answer.headers.append('set-cookie', locals.click.setCookie)
  return answer
})
