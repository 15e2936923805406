import type { Selection, Store } from '../../store/index.ts'
import type { Admitted } from '../access.ts'

/** The pixels that a caller may see; to them there are no others. */
export type Scope = Admitted['pixels']

export function maySee(scope: Scope, pixel: string): boolean {
  return scope === '*' || scope.includes(pixel)
}

/** The pixels that a question is about: the one that it names, or all that the caller may see; `undefined`: all. */
export function pixelsAsked(scope: Scope, pixel: string | undefined): readonly string[] | undefined {
  if (pixel !== undefined) return maySee(scope, pixel) ? [pixel] : []
  return scope === '*' ? undefined : scope
}

/** What a selection means for somebody who may see some pixels: a part for each of them, or the rows that are theirs. */
export async function within(
  scope: Scope,
  selection: Selection,
  store: Pick<Store, 'showRow'>,
): Promise<readonly Selection[]> {
  if (scope === '*') return [selection]
  if ('rows' in selection) return [{ rows: await ownRows(scope, selection.rows, store) }]
  const pixels = selection.pixel === undefined ? scope : scope.filter((one) => one === selection.pixel)
  return pixels.map((pixel) => ({ ...selection, pixel }))
}

async function ownRows(scope: Scope, rows: readonly number[], store: Pick<Store, 'showRow'>): Promise<number[]> {
  const own: number[] = []
  for (const row of rows) {
    const account = await store.showRow(row)
    if (account !== undefined && maySee(scope, account.pixel)) own.push(row)
  }
  return own
}

/** Does something to each part of a selection, at most `limit` in all, and adds up what came of it. */
export async function overAll<Part extends { [Key in keyof Part]: number }>(
  selections: readonly Selection[],
  limit: number,
  none: Part,
  act: (selection: Selection, limit: number) => Promise<Part>,
): Promise<Part> {
  const keys = Object.keys(none) as (keyof Part)[]
  let sum = none
  for (const selection of selections) {
    const left = limit - keys.reduce((total, key) => total + sum[key], 0)
    if (left <= 0) break
    const part = await act(selection, left)
    sum = Object.fromEntries(keys.map((key) => [key, sum[key] + part[key]])) as Part
  }
  return sum
}

/** How many events a selection means, counted up to the limit. */
export async function countAll(
  selections: readonly Selection[],
  limit: number,
  store: Pick<Store, 'countSelected'>,
): Promise<number> {
  const { events } = await overAll(selections, limit, { events: 0 }, async (part, left) => ({
    events: await store.countSelected(part, left),
  }))
  return events
}
