import { z } from 'zod'

const PIXEL_ID = 'copy the Pixel ID from the conversions tab in Ads Manager; it has no white space'
const SOURCE_NAME = 'write 1 to 64 letters, digits, dots, underscores or hyphens, beginning with a letter or digit'

export function wholeNumber(least: number, most: number): z.ZodNumber {
  const remedy = `write a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`
  return z.int({ error: remedy }).min(least, { error: remedy }).max(most, { error: remedy })
}

export function oneOf<const Values extends readonly string[]>(
  values: Values,
): z.ZodEnum<{ [Key in Values[number]]: Key }> {
  return z.enum(values, { error: `write ${values.map((value) => `"${value}"`).join(' or ')}` })
}

export function text(remedy: string): z.ZodString {
  return z.string({ error: remedy }).min(1, { error: remedy })
}

/** Zod asks for this text for every fault of an object itself; unknown keys are told apart by {@link readSettings}. */
export function objectRemedy(): string {
  return 'write an object'
}

export const pixelId: z.ZodString = z.string({ error: PIXEL_ID }).regex(/^[!-~]{1,200}$/, { error: PIXEL_ID })
export const variable: z.ZodString = text('write the name of an environment variable').regex(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  {
    error: 'write the name of an environment variable, not its value',
  },
)
export const file: z.ZodString = text('write the path of a file that holds nothing but the secret')

/** Of one of several of its kind. */
export const partName: z.ZodString = z
  .string({ error: SOURCE_NAME })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: SOURCE_NAME })
