/** The kinds of identity that travel only as SHA-256. */
export type IdentityKind = 'email' | 'external-id' | 'phone' | 'first-name' | 'last-name'

/** One step of a normalisation, named so that `waybill hash` can show it. */
export interface Step {
  /** What the step does, in words. */
  readonly does: string
  /** The text before in, the text after out. */
  readonly apply: (text: string) => string
}

const trim: Step = { does: 'trim white space at both ends', apply: (text) => text.trim() }
const lowercase: Step = { does: 'lowercase', apply: (text) => text.toLowerCase() }

const phoneSteps: readonly Step[] = [
  { does: 'drop white space and ( ) . -', apply: (text) => text.replace(/[\s().-]+/g, '') },
  { does: 'drop one leading +', apply: (text) => text.replace(/^\+/, '') },
  { does: 'drop leading zeroes', apply: (text) => text.replace(/^0+/, '') },
]

const nameSteps: readonly Step[] = [
  // The documented vector for an accented name is the composed form; a decomposed one would never match.
  { does: 'compose accents (Unicode NFC)', apply: (text) => text.normalize('NFC') },
  lowercase,
  { does: 'drop white space and ASCII punctuation', apply: (text) => text.replace(/[\s!-/:-@[-`{-~]+/g, '') },
]

interface Normalisation {
  readonly steps: readonly Step[]
  /** What a normalised value must look like to be worth hashing. */
  readonly valid: RegExp
  readonly expects: string
}

/** What would have to stand in quotes is the rest of something else; a domain is of letters, digits, `-` and `_`, and has no empty label. */
const ADDRESS = /^[^\s@<>",;:\\\p{Ps}\p{Pe}\p{Pi}\p{Pf}\uff1c\uff1e]+@[\p{L}\p{N}\p{M}_-]+(?:\.[\p{L}\p{N}\p{M}_-]+)*$/u

/**
 * Specification, section 5. The external id keeps its case: browser and server match only if both leave it alone.
 */
export const NORMALISATIONS: Readonly<Record<IdentityKind, Normalisation>> = {
  email: { steps: [trim, lowercase], valid: ADDRESS, expects: 'an address with one @ and no spaces' },
  'external-id': { steps: [trim], valid: /./su, expects: 'at least one character' },
  phone: { steps: phoneSteps, valid: /^\d{8,15}$/, expects: '8 to 15 digits with the country code' },
  'first-name': { steps: nameSteps, valid: /./su, expects: 'at least one letter' },
  'last-name': { steps: nameSteps, valid: /./su, expects: 'at least one letter' },
}

/** Raw identity in, the exact text that is hashed out. Does not judge whether it is valid. */
export function normalise(kind: IdentityKind, raw: string): string {
  let text = raw
  for (const step of NORMALISATIONS[kind].steps) text = step.apply(text)
  return text
}
