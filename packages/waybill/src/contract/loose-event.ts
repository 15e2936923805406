import type { FriendlyData } from './friendly-data.ts'
import type { CommonFields } from './friendly-event.ts'
import type { ActionSource, EventName } from './names.ts'

/**
 * A friendly event of a name that is known only when the program runs, as the sources make it. The compiler knows its keys and not which of
 * them fit together; `check` says that.
 */
export interface LooseEvent extends CommonFields {
  /** What happened: one of the API's 13 names. Example: `'order_created'`. From the API. */
  type: EventName
  /** With `type: 'custom'` only, and required there. Example: `'quote_requested'`. From the API (`custom_event_name`). */
  customEventName?: string | null | undefined
  /** Where the action took place. Example: `'web'`; then `sourceUrl` is required. From the API (`action_source`). */
  actionSource?: ActionSource | null | undefined
  /** An absolute http(s) URL. Example: `'https://shop.example.com/thanks'`. From the API (`source_url`). */
  sourceUrl?: string | null | undefined
  /** What is known of it; which keys fit follows from `type`. Example: `{ amount: '25.99', currency: 'USD' }`. */
  data?: FriendlyData | null | undefined
}
