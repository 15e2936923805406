/**
 * What every store must do, as tests: an implementation calls `storeConformance` from a test file of its own.
 */
import { describe, it } from 'node:test'
import { HOUR_MS } from 'waybill/delivery'
import { ACCOUNTS } from './conformance/accounts.ts'
import { AGEING } from './conformance/ageing.ts'
import { CLAIMS } from './conformance/claims.ts'
import { CONTEXTS } from './conformance/contexts.ts'
import { DELIVERY } from './conformance/delivery.ts'
import type { StoreCase, StoreHarness } from './conformance/harness.ts'
import { HOLDS } from './conformance/holds.ts'
import { INTAKE } from './conformance/intake.ts'
import { LEASES } from './conformance/leases.ts'
import { OPERATOR } from './conformance/operator.ts'
import { PROBES } from './conformance/probes.ts'
import { READS } from './conformance/reads.ts'
import { SEVERAL } from './conformance/several.ts'
import { SUSPICIONS } from './conformance/suspicions.ts'
import { TASKS } from './conformance/tasks.ts'
import { UPKEEP } from './conformance/upkeep.ts'
import type { Store } from './store.ts'

export type { StoreHarness } from './conformance/harness.ts'

/** Tests that a store does not pass, and why it need not. */
export interface Skip {
  readonly reason: string
  /** Their names, in full. */
  readonly tests?: readonly string[]
  /** All of a group. */
  readonly groups?: readonly string[]
}

export interface ConformanceOptions {
  readonly skip?: readonly Skip[]
}

const GROUPS: Readonly<Record<string, readonly StoreCase[]>> = {
  intake: INTAKE,
  delivery: DELIVERY,
  leases: LEASES,
  holds: HOLDS,
  probes: PROBES,
  suspicions: SUSPICIONS,
  ageing: AGEING,
  accounts: ACCOUNTS,
  operator: OPERATOR,
  contexts: CONTEXTS,
  reads: READS,
  tasks: TASKS,
  upkeep: UPKEEP,
  several: [...CLAIMS, ...SEVERAL],
}

/** Registers the suite with `node:test`. Each test gets a harness, and so data, of its own, removed when it passed. */
export function storeConformance(
  name: string,
  makeHarness: () => Promise<StoreHarness>,
  { skip = [] }: ConformanceOptions = {},
): void {
  const reasonOf = (group: string, test: string): string | undefined =>
    skip.find(({ tests, groups }) => tests?.includes(test) || groups?.includes(group))?.reason
  describe(`${name} is a store`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      const make = group === 'several' ? makeHarness : async () => claiming(await makeHarness())
      describe(group, () => {
        for (const each of cases) register(each, make, reasonOf(group, each.name))
      })
    }
  })
}

/** What is asked of one store is asked of one that has claimed what it leases. */
function claiming(harness: StoreHarness): StoreHarness {
  return { ...harness, open: async () => claimingStore(await harness.open()) }
}

/** A store that claims what it leases. */
export function claimingStore(store: Store): Store {
  const { claims } = store
  if (claims === undefined) return store
  const claim = async (pixels: readonly string[]): Promise<void> => {
    await claims.renew({ name: 'test', forMs: HOUR_MS })
    await claims.claim(pixels)
  }
  return {
    ...store,
    async lease(query) {
      await claim([query.pixel])
      return store.lease(query)
    },
    async ready(nowMs, call) {
      await claim((await store.ready(nowMs)).several?.unclaimed ?? [])
      const { several: _, ...ready } = await store.ready(nowMs, call)
      return ready
    },
  }
}

function register({ name, run }: StoreCase, makeHarness: () => Promise<StoreHarness>, skip: string | undefined): void {
  it(name, { ...(skip !== undefined && { skip }) }, async () => {
    const harness = await makeHarness()
    const store = await harness.open()
    await run(store, harness)
    await store.close()
    await harness.dispose()
  })
}
