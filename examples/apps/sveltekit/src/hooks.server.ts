import type { Handle } from '@sveltejs/kit/hooks'
import { captureOppref } from 'waybill/oppref'
import { consents, stop } from '#lib/server/waybill.ts'

/** Keeps the click reference, on every page, so that the landing page needs nothing of its own. */
export const handle: Handle = async ({ event, resolve }) => {
  const consent = () => consents(event.request.headers.get('cookie'))
  event.locals.click = await captureOppref(event.request, { consent })
  const answer = await resolve(event)
  if (event.locals.click.setCookie !== undefined) answer.headers.append('set-cookie', event.locals.click.setCookie)
  return answer
}

// What was tracked and not sent yet goes out before the process ends.
process.on('sveltekit:shutdown', stop)
