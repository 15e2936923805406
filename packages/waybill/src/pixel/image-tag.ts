import { IMAGE_URL } from './address.ts'
import { type Conversion, measureCall } from './measure-call.ts'
import { requirePixelId } from './pixel-id.ts'

/**
 * The conversion as an image, as HTML for pages without JavaScript; inside `<noscript>` where the page has the pixel too.
 *
 * One parameter for each field; `data[contents]` holds its items as JSON, as the vendor's page on the image tag has it. An image
 * has no parameter for `opt_out`, and the first half received counts: for an event that is opted out the text is empty. A page
 * with consent renders it, another does not. Throws a {@link PixelError} for what the pixel does not take.
 */
export function imageTag(conversion: Conversion): string {
  const url = imageUrl(conversion)
  // No style attribute: it would need 'unsafe-inline'.
  return url === undefined ? '' : `<img src="${url.replaceAll('&', '&amp;')}" width="1" height="1" alt="" hidden>`
}

/** The address of the image, where a program asks for it itself; `undefined` for an event that is opted out. */
export function imageUrl(conversion: Conversion): string | undefined {
  const { pixelId, serverEvent } = conversion
  requirePixelId(pixelId)
  const [, event, data, { event_id, custom_event_name, opt_out }] = measureCall(conversion)
  if (opt_out === true) return undefined
  const fields = { pid: pixelId, event, event_id, custom_event_name, oppref: serverEvent.oppref }
  const dataFields = Object.entries(data).map(([key, value]) => [`data[${key}]`, value] as const)
  const query = new URLSearchParams()
  for (const [name, value] of [...Object.entries(fields), ...dataFields]) {
    if (value !== undefined) query.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  // Not every server reads + as a space.
  return `${IMAGE_URL}?${query.toString().replaceAll('+', '%20')}`
}
