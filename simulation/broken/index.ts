/** Relays that are broken on purpose, one or more for each sentence of the rule (`README.md` of this folder lists them). The oracle must find each; a check that finds nothing proves nothing. */
import type { Broken } from './common.ts'
import { BROKEN_TIME } from './time.ts'
import { BROKEN_VERDICTS } from './verdicts.ts'
import { BROKEN_WAY } from './way.ts'

export type { Broken }

/** Reasonable-looking relays, each with one thing wrong. */
export const BROKEN: Readonly<Record<string, Broken>> = { ...BROKEN_VERDICTS, ...BROKEN_TIME, ...BROKEN_WAY }
