import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Outcome, Task } from './simulate.ts'

/** Gives the tasks one after the other; it may look at what the ones before came to. */
export type Tasks = Iterator<Task>

/** Lives of the relay, as many at a time as there are cores; `onOutcome` is told of each as it ends, in any order. */
export async function simulateMany(
  tasks: Tasks,
  onOutcome: (outcome: Outcome) => void,
  threads: number = availableParallelism(),
): Promise<void> {
  let failed = false
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    // Only a fault of the simulation itself ends a thread.
    const over = once(worker, 'exit').then(() => Promise.reject(new Error('The thread ended.')))
    over.catch(() => {})
    try {
      for (let next = tasks.next(); !next.done && !failed; next = tasks.next()) {
        worker.postMessage(next.value)
        const [outcome] = (await Promise.race([once(worker, 'message'), over]).catch((cause: unknown) => {
          throw new Error(`Seed ${next.value.seed} could not be lived.`, { cause })
        })) as [Outcome]
        onOutcome(outcome)
      }
    } catch (error) {
      failed = true
      throw error
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: threads }, run))
}
