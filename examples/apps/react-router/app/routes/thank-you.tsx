import { data } from 'react-router'
import { consents, thankYou } from '../waybill.server'
import type { Route } from './+types/thank-you'

export function loader({ params, request }: Route.LoaderArgs) {
  const page = thankYou(params.key, consents(request.headers.get('cookie')))
  if (page === undefined) throw data('No such order', { status: 404 })
  // This app sends no content security policy. One that does passes its nonce on, also to <Scripts>.
  return data({ number: page.number, pixel: page.pixel }, { headers: { 'cache-control': 'private, no-store' } })
}

export const headers = ({ loaderHeaders }: Route.HeadersArgs) => loaderHeaders

export default function ThankYou({ loaderData: { number, pixel } }: Route.ComponentProps) {
  return (
    <main>
      <h1>Thank you for order {number}</h1>
      <div suppressHydrationWarning dangerouslySetInnerHTML={{ __html: pixel }} />
    </main>
  )
}
