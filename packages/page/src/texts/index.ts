import { en, type Texts } from './en.ts'

/** The words of the page: every text that a reader sees comes from here. */
export const t: Texts = en
