import { PixelError } from './errors.ts'

/** Throws a {@link PixelError} unless `pixelId` is text. */
export function requirePixelId(pixelId: unknown): asserts pixelId is string {
  if (typeof pixelId === 'string' && pixelId.trim() !== '') return
  throw new PixelError('missing_pixel_id', 'The Pixel ID is missing.', {
    hint: 'Copy it from the conversions tab in Ads Manager; it is the one that the server sends to.',
  })
}
