import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** What one seed came to. */
export interface Outcome {
  readonly seed: number
  /** Empty when all promises held. */
  readonly problems: readonly string[]
}

/** Lives of the relay, as many at a time as there are cores; `onOutcome` is told of each as it ends, in any order. */
export async function simulateMany(
  seeds: readonly number[],
  onOutcome: (outcome: Outcome) => void = () => {},
  threads: number = availableParallelism(),
): Promise<readonly Outcome[]> {
  const left = [...seeds].reverse()
  const outcomes: Outcome[] = []
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    // Only a fault of the simulation itself ends a thread.
    const over = once(worker, 'exit').then(() => Promise.reject(new Error('The thread ended.')))
    try {
      for (let seed = left.pop(); seed !== undefined; seed = left.pop()) {
        worker.postMessage(seed)
        const [outcome] = (await Promise.race([once(worker, 'message'), over]).catch((cause: unknown) => {
          throw new Error(`Seed ${seed} could not be lived.`, { cause })
        })) as [Outcome]
        outcomes.push(outcome)
        onOutcome(outcome)
      }
    } finally {
      left.length = 0
      over.catch(() => {})
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(threads, seeds.length) }, run))
  return outcomes.sort((a, b) => a.seed - b.seed)
}
