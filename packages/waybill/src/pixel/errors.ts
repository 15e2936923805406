import { WaybillError } from '../errors.ts'

/**
 * `app_event`: the pixel takes no app events. `server_only_data`: nor keys of your own in `data`. `missing_pixel_id`,
 * `invalid_nonce`, `missing_option`: an argument of the page is missing or malformed. `order_number_in_query`: an image whose query would
 * tell an order number. `unsendable_user`: a field of `user` that the pixel does
 * not take, or an identity that is not hashed.
 */
export type PixelFault =
  | 'app_event'
  | 'server_only_data'
  | 'order_number_in_query'
  | 'missing_option'
  | 'missing_pixel_id'
  | 'invalid_nonce'
  | 'unsendable_user'

/** The pixel cannot carry what was asked of it. It depends on the program, not on the visitor; never holds a personal value. */
export class PixelError extends WaybillError {
  /** Always `'PixelError'`. */
  override readonly name: string = 'PixelError'
  declare readonly code: PixelFault
}
