import { type Columns, fromColumns, toColumns } from './columns.ts'

/** The lists of several calls as one, because a list of one item costs nearly what a list of a hundred does. */
export interface Bundle {
  readonly ids: readonly number[]
  /** How many items belong to each. */
  readonly counts: readonly number[]
  readonly items: Columns
}

export interface Part<Item> {
  /** Of the call. */
  readonly id: number
  readonly items: readonly Item[]
}

export function bundle(parts: readonly Part<object>[]): Bundle {
  return {
    ids: parts.map(({ id }) => id),
    counts: parts.map(({ items }) => items.length),
    items: toColumns(parts.flatMap(({ items }) => items)),
  }
}

export function unbundle<Item extends object>({ ids, counts, items }: Bundle): Part<Item>[] {
  const all = fromColumns<Item>(items)
  let at = 0
  return ids.map((id, index) => {
    at += counts[index]!
    return { id, items: all.slice(at - counts[index]!, at) }
  })
}
