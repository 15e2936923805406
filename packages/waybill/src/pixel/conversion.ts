import type { CheckOptions, CheckResult } from '../contract/check.ts'
import type { WireEvent } from '../contract/event.ts'
import type { EventInput, FriendlyEvent } from '../contract/friendly-event.ts'
import type { Issue } from '../contract/issue.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import { type Conversion, measureCall, refuseAppEvent } from './measure-call.ts'
import { requireObject } from './options.ts'
import { requirePixelId } from './pixel-id.ts'

/** One event in either form, and the pixel that it belongs to. */
export type ConversionDescription = (FriendlyEvent | LooseEvent | WireEvent) & { readonly pixelId: string }

export interface ConversionOptions extends CheckOptions {
  /** `check` of `waybill` or `waybill/contract`. An argument, so that pages that only render carry none of its rules. */
  readonly check: (event: EventInput, options: CheckOptions) => CheckResult
}

/** Both halves, or why there is neither. `issues` are those of `check`. */
export type ConversionResult =
  | ({ readonly ok: true; readonly warnings: readonly Issue[] } & Conversion)
  | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * One description in, the conversion for both channels out: `serverEvent` for `client.send`, and the result itself for
 * `pixelCall` and `imageTag`. The browser's half is read from `serverEvent`, so that id, name, `custom_event_name`, data and
 * Pixel ID are equal by construction.
 *
 * An event that `check` refuses is a value. Throws a {@link PixelError} for what the program got wrong: `missing_pixel_id`,
 * `app_event`, `server_only_data`.
 */
export function conversion(description: ConversionDescription, options: ConversionOptions): ConversionResult {
  requireObject(description, 'The description of the conversion')
  requireObject(options, 'The second argument of conversion, { check, now }')
  if (typeof options.check !== 'function') requireObject(undefined, 'check, of waybill or waybill/contract,')
  const { pixelId, ...event } = description
  requirePixelId(pixelId)
  refuseAppEvent(event.type)
  const { check, ...checkOptions } = options
  const checked = check(event, checkOptions)
  if (!checked.ok) return checked
  const made = { ok: true as const, pixelId, serverEvent: checked.event, warnings: checked.warnings }
  measureCall(made)
  return made
}
