import type { WireData, WireEvent, WireItem } from '../contract/event.ts'
import { APP_EVENTS, type EventName } from '../contract/names.ts'
import { PixelError } from './errors.ts'
import { requireConversion } from './options.ts'
import { requirePixelId } from './pixel-id.ts'

/** One conversion of one pixel: the event as the server sends it. Everything that the browser sends is read from it. */
export interface Conversion {
  /** From the conversions tab in Ads Manager. Must be the one that the server sends to. */
  readonly pixelId: string
  /** What the server sends. */
  readonly serverEvent: WireEvent
}

/** The option keys that the pixel knows; with any other it drops the event silently (specification, section 7). */
export interface MeasureOptions {
  /** The event's id, the same as the server's. */
  readonly event_id: string
  /** The name of a custom event. */
  readonly custom_event_name?: string
  /** The person does not want it used for advertising. */
  readonly opt_out?: boolean
}

/** The arguments of one call of `oaiq`. */
export type MeasureCall = readonly ['measure', EventName, WireData, MeasureOptions]
/** The same for one pixel of several on the page. */
export type MeasureSingleCall = readonly ['measureSingle', pixelId: string, EventName, WireData, MeasureOptions]
/** What the visitor said, for pages that ask: `false` before `init`, `true` once it is given. */
export type ConsentCall = readonly ['consent', boolean]

/** The closed keys of `data`; others are for the server alone (specification, section 4). */
const DATA_KEYS: ReadonlySet<string> = new Set(['type', 'amount', 'currency', 'plan_id', 'contents'])

/**
 * The pixel's half of a conversion, as arguments for `oaiq(...call)`: JSON, so that a server can hand it to a page that calls the
 * pixel itself. `data` is the very object of the server's event, or a copy without what of its items only a server may send.
 *
 * Throws a {@link PixelError} with the code `app_event` or `server_only_data` for what the pixel does not take.
 */
export function measureCall(conversion: Conversion): MeasureCall {
  requireConversion(conversion)
  const { serverEvent } = conversion
  const { id, type, data, custom_event_name, opt_out } = serverEvent
  refuseAppEvent(type)
  if (Object.keys(data).some((key) => data[key] !== undefined && !DATA_KEYS.has(key))) {
    throw new PixelError('server_only_data', 'data has keys of its own, which only the server may send.', {
      hint: 'Leave them out, or send this conversion from the server alone.',
    })
  }
  const name = custom_event_name === undefined ? undefined : { custom_event_name }
  const optOut = opt_out === undefined ? undefined : { opt_out }
  return ['measure', type, forThePixel(data), { event_id: id, ...name, ...optOut }]
}

/** Like {@link measureCall}, for a page on which several pixels were initialised: it reaches the one of this conversion alone. */
export function measureSingleCall(conversion: Conversion): MeasureSingleCall {
  const [, type, data, options] = measureCall(conversion)
  requirePixelId(conversion.pixelId)
  return ['measureSingle', conversion.pixelId, type, data, options]
}

/** The vendor's call by which a page tells what its visitor said. */
export function consentCall(given: boolean): ConsentCall {
  return ['consent', given === true]
}

const SERVER_ONLY_ITEM_KEYS: readonly string[] = ['group_id', 'variant_dict']

function forThePixel(data: WireData): WireData {
  const items: unknown = data.contents
  if (!Array.isArray(items) || !items.some(isForServer)) return data
  return { ...data, contents: items.map((item: WireItem) => (isForServer(item) ? withoutServerKeys(item) : item)) }
}

function isForServer(item: unknown): boolean {
  return typeof item === 'object' && item !== null && SERVER_ONLY_ITEM_KEYS.some((key) => Object.hasOwn(item, key))
}

function withoutServerKeys({ group_id: _group, variant_dict: _variants, ...item }: WireItem): WireItem {
  return item
}

/** Throws a {@link PixelError} for an event of an app. */
export function refuseAppEvent(type: unknown): void {
  if (!APP_EVENTS.has(type)) return
  throw new PixelError('app_event', 'The pixel takes no app events: they come from the server alone.', {
    hint: 'Send it with client.send or client.track, and render no pixel call for it.',
  })
}
