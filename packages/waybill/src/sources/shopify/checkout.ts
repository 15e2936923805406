import type { PlainObject } from '../../contract/plain.ts'
import { currencyOf, decimalOf, priced } from '../amount.ts'
import type { Candidate } from '../candidate.ts'
import { contentsOf } from '../item.ts'
import { placeOf, shopOf, siteOf } from '../page.ts'
import { userOf } from '../person.ts'
import { text } from '../read.ts'
import type { SourceCall } from '../source.ts'
import { millisecondsOf, momentOf } from '../time.ts'
import { itemsOf } from './items.ts'
import { clickOf } from './order.ts'
import { buyerOf } from './person.ts'
import type { ShopifySettings } from './settings.ts'
import { wayOf } from './way.ts'

/** A checkout, of whichever `checkouts/…` topic. Its id is its token, which the order later has as `checkout_token`. */
export function checkoutCandidate(call: SourceCall, checkout: PlainObject, settings: ShopifySettings): Candidate {
  const { topic = '', site, receivedAtMs } = call
  const shop = shopOf(site) ?? settings.name
  const token = text(checkout['token'])
  const currency = currencyOf(checkout['currency'])
  const items = itemsOf(checkout, currency, 'shop', settings.itemId)
  const { actionSource = 'source_name' in checkout ? wayOf(checkout) : undefined, sourceUrl = siteOf(site) } =
    settings.place
  return {
    name: topic,
    scope: { payload: checkout, names: { checkout_token: token, shop } },
    draft: {
      id: token,
      timestamp: momentOf(checkout['created_at']),
      ...clickOf(checkout),
      user: userOf(buyerOf(checkout), settings.contract),
      ...(topic === 'checkouts/create' ? { type: 'checkout_started' } : {}),
      ...placeOf({ actionSource, sourceUrl }, siteOf(checkout['abandoned_checkout_url'])),
      data: { ...priced(decimalOf(checkout['total_price']), currency), ...contentsOf(items) },
    },
    paths: { id: 'token', timestamp: 'created_at' },
    shop,
    touch: { receivedAtMs, vendorMs: millisecondsOf(momentOf(checkout['updated_at'])) },
    keys: [token, checkout['cart_token']],
  }
}
