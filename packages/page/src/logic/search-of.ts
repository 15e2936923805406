import type { PageSearch } from '../router.tsx'

/** A query as the relay names it, as the address of a page. */
export const searchOf = (list: string): PageSearch =>
  Object.fromEntries(new URLSearchParams(list.replace(/^\?/, ''))) as PageSearch
