/**
 * What every store must do, as tests: an implementation calls `storeConformance` from a test file of its own.
 */
import { describe, it } from 'node:test'
import { ACCOUNTS } from './conformance/accounts.ts'
import { AGEING } from './conformance/ageing.ts'
import { CONTEXTS } from './conformance/contexts.ts'
import { DELIVERY } from './conformance/delivery.ts'
import type { StoreCase, StoreHarness } from './conformance/harness.ts'
import { HOLDS } from './conformance/holds.ts'
import { INTAKE } from './conformance/intake.ts'
import { LEASES } from './conformance/leases.ts'
import { OPERATOR } from './conformance/operator.ts'
import { PROBES } from './conformance/probes.ts'
import { READS } from './conformance/reads.ts'
import { SUSPICIONS } from './conformance/suspicions.ts'
import { TASKS } from './conformance/tasks.ts'
import { UPKEEP } from './conformance/upkeep.ts'

export type { StoreHarness } from './conformance/harness.ts'

/** Tests that a store does not pass, and why it need not. */
export interface Skip {
  readonly reason: string
  /** Their names, in full. */
  readonly tests: readonly string[]
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
}

/** Registers the suite with `node:test`. Each test gets a harness, and so data, of its own, removed when it passed. */
export function storeConformance(
  name: string,
  makeHarness: () => Promise<StoreHarness>,
  { skip = [] }: ConformanceOptions = {},
): void {
  const reasons = new Map(skip.flatMap(({ reason, tests }) => tests.map((test) => [test, reason])))
  describe(`${name} is a store`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const each of cases) register(each, makeHarness, reasons.get(each.name))
      })
    }
  })
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
