import { error } from '@sveltejs/kit'
import { consents, thankYou } from '#lib/server/waybill.ts'
import type { PageServerLoad } from './$types'

// The page needs no script but the pixel's, so that its policy has one nonce.
export const csr = false

export const load: PageServerLoad = ({ params, request, setHeaders }) => {
  const page = thankYou(params.key, consents(request.headers.get('cookie')))
  if (page === undefined) error(404, 'No such order')
  setHeaders(page.headers)
  return { number: page.number, pixel: page.pixel }
}
