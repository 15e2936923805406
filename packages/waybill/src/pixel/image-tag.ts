import { IMAGE_URL } from './address.ts'
import { PixelError } from './errors.ts'
import { type Conversion, measureCall } from './measure-call.ts'
import { requirePixelId } from './pixel-id.ts'

/**
 * The conversion as an image, as HTML for pages without JavaScript; inside `<noscript>` where the page has the pixel too.
 *
 * One parameter for each field; `data[contents]` holds its items as JSON, as the vendor's page on the image tag has it. An image
 * has no parameter for `opt_out`, and the first half received counts: for an event that is opted out the text is empty. A page
 * with consent renders it, another does not. No order number may stand in the query (specification, section 7): the id is one that
 * `eventId()` made or a UUID, unless the option says otherwise. Throws a {@link PixelError} for what the pixel does not take.
 */
export function imageTag(conversion: Conversion, options?: ImageOptions): string {
  const url = imageUrl(conversion, options)
  // No style attribute: it would need 'unsafe-inline'.
  return url === undefined ? '' : `<img src="${url.replaceAll('&', '&amp;')}" width="1" height="1" alt="" hidden>`
}

export interface ImageOptions {
  /** `true`: the id may be an order number, although addresses are logged by whatever they pass. Default `false`. */
  readonly orderNumberInQuery?: boolean | undefined
}

/** What `eventId()` makes, and UUIDs: they tell nothing of an order. */
const TELLS_NOTHING = /^(?:wb_[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i

function refuseOrderNumber(id: string): void {
  if (TELLS_NOTHING.test(id)) return
  throw new PixelError(
    'order_number_in_query',
    'The id would stand in the query of the image, where no order number may.',
    {
      hint: "Make the id with eventId('order', number), on both channels, or pass { orderNumberInQuery: true }.",
    },
  )
}

/** The address of the image, where a program asks for it itself; `undefined` for an event that is opted out. */
export function imageUrl(conversion: Conversion, options: ImageOptions = {}): string | undefined {
  const [, event, data, { event_id, custom_event_name, opt_out }] = measureCall(conversion)
  const { pixelId, serverEvent } = conversion
  requirePixelId(pixelId)
  if (opt_out === true) return undefined
  if (options?.orderNumberInQuery !== true) refuseOrderNumber(event_id)
  const fields = { pid: pixelId, event, event_id, custom_event_name, oppref: serverEvent.oppref }
  const dataFields = Object.entries(data).map(([key, value]) => [`data[${key}]`, value] as const)
  const query = new URLSearchParams()
  for (const [name, value] of [...Object.entries(fields), ...dataFields]) {
    if (value !== undefined) query.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  // Not every server reads + as a space.
  return `${IMAGE_URL}?${query.toString().replaceAll('+', '%20')}`
}
