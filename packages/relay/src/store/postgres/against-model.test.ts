import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import fc from 'fast-check'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { claimingStore } from '../conformance.ts'
import { type MemoryData, memoryData, memoryStore } from '../memory/index.ts'
import { anyStep, both, compare, type Step, type World } from '../sqlite/against-model.helpers.ts'
import { compareReads } from '../sqlite/compare-reads.helpers.ts'
import { openPostgresStore } from './index.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'

const RUNS = Number(process.env['WAYBILL_STORE_RUNS'] ?? 6)

after(stopPostgres)

it('the PostgreSQL store answers every sequence of calls as the model does', () =>
  fc.assert(fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 60 }), runSteps), { numRuns: RUNS }))

async function runSteps(steps: readonly Step[]): Promise<void> {
  const { url, drop } = await makeStoreDatabase()
  const world = await openWorld(url)
  try {
    for (const run of steps) {
      await run(world)
      await compare(world)
    }
    await compareAccounts(world)
  } finally {
    await world.real.close()
    await drop()
  }
}

/** A life is short for the time that answers are given. */
const READS = { readLimits: { answerMs: 60_000 } } as const

async function openWorld(url: string): Promise<World> {
  const data = memoryData()
  const clock = (): number => world.monotonicMs
  const openModel = () => claimingStore(memoryStore({ data, monotonicMs: clock, several: {} }))
  const openReal = async () =>
    claimingStore(await openPostgresStore({ url, monotonicMs: clock, clockMs: clock, ...READS }))
  const world: World = {
    model: openModel(),
    real: await openReal(),
    nowMs: 1_000,
    monotonicMs: 0,
    leases: [],
    onceRefused: (call) => call(),
    async reopen() {
      await Promise.all([world.model.close(), world.real.close()])
      skipBlock(data)
      world.model = openModel()
      world.real = await openReal()
    },
  }
  return world
}

/** A store that is opened takes row numbers from a block of its own. */
function skipBlock(data: MemoryData): void {
  data.nextRow = Math.ceil((data.nextRow - 1) / 1_000) * 1_000 + 1
}

async function compareAccounts(world: World): Promise<void> {
  const { model, real } = world
  assert.deepEqual(await real.check(), [])
  const { items } = await model.search({ limit: 10_000 })
  assert.deepEqual((await real.search({ limit: 10_000 })).items, items)
  const suspects = { suspect: true, limit: 10_000 } as const
  assert.deepEqual((await real.search(suspects)).items, (await model.search(suspects)).items)
  for (const { row } of items) assert.deepEqual(await real.showRow(row), await model.showRow(row))
  const actions = await model.listActions({ limit: 10_000 })
  assert.deepEqual((await real.listActions({ limit: 10_000 })).items, actions.items)
  await compareReads((call) => both(world, call), model)
}
