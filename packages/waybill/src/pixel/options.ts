import { PixelError } from './errors.ts'

/** Throws a {@link PixelError} unless an argument is an object; a forgotten one would be a TypeError deep inside. */
export function requireObject(value: unknown, what: string): asserts value is object {
  if (typeof value === 'object' && value !== null) return
  throw new PixelError('missing_option', `${what} is missing.`, { hint: 'docs/pixel.md has an example of each call.' })
}

/** Throws a {@link PixelError} unless an argument is a conversion, as `conversion` gives it. */
export function requireConversion(value: unknown): void {
  requireObject(value, 'The conversion')
  requireObject((value as { readonly serverEvent?: unknown }).serverEvent, 'serverEvent of the conversion')
}
