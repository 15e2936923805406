import fc from 'fast-check'
import type { Store } from '../store.ts'
import { anyStep, openWorld } from './against-model.helpers.ts'

export interface LivedOnFile {
  /** Knows what the file knows. */
  readonly model: Store
  readonly nowMs: number
}

/** Lives one random life of so many steps on a file and on a model. No lease is left, and the file is closed. */
export async function lifeOnFile(path: string, { seed, steps }: { seed: number; steps: number }): Promise<LivedOnFile> {
  const world = await openWorld(path, {})
  const all = fc.sample(fc.array(anyStep, { minLength: steps, maxLength: steps }), { seed, numRuns: 1 })[0]!
  for (const run of all) await run(world)
  await world.reopen()
  await world.real.close()
  return { model: world.model, nowMs: world.nowMs }
}
