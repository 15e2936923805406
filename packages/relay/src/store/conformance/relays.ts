import assert from 'node:assert/strict'
import type { Claims, RelayRow } from '../claim.ts'
import type { Store } from '../index.ts'
import type { StoreHarness } from './harness.ts'

/** How long a row lasts here: long enough for a test on a busy machine, short enough to wait for. */
export const FOR_MS: number = 1_000
export const A: Parameters<Claims['renew']>[0] = { name: 'a', forMs: 60_000 }
export const B: Parameters<Claims['renew']>[0] = { name: 'b', forMs: 60_000 }

/** Two relays on one data set, each with a row. */
export async function two(store: Store, harness: StoreHarness): Promise<{ other: Store; a: Claims; b: Claims }> {
  const other = await harness.openBeside!()
  const [a, b] = [store.claims!, other.claims!]
  await a.renew(A)
  await b.renew(B)
  return { other, a, b }
}

export const whatOf = (claims: readonly { readonly what: string }[]): string[] => claims.map(({ what }) => what)

export async function rowOf(claims: Claims, name: string): Promise<RelayRow> {
  return (await claims.renew(B)).find((row) => row.name === name)!
}

/** The row of the first as the second sees it once it is over. */
export async function overRow(harness: StoreHarness, { a, b }: { a: Claims; b: Claims }): Promise<RelayRow> {
  await a.renew({ name: 'a', forMs: FOR_MS })
  await harness.wait!(FOR_MS + 1)
  const row = await rowOf(b, 'a')
  assert.equal(row.isOver, true)
  return row
}
