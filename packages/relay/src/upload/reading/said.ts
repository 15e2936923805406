import type { Pack } from './pack.ts'

/** What the thread says: events, that there are no more, or why the file cannot be read further. */
export type Said =
  | { readonly kind: 'pack'; readonly pack: Pack }
  | { readonly kind: 'end' }
  | { readonly kind: 'fault'; readonly message: string; readonly code: string }

/** Packs that may be under way: one is taken while the thread makes the next. */
export const MAX_PACKS = 3
