import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Outcome, Task } from './simulate.ts'

/** Gives the tasks one after the other; it may look at what the ones before came to. */
export type Tasks = Iterator<Task>

/** Lives of the relay, several at a time; `onOutcome` is told of each as it ends, in any order. */
export type LiveMany = (tasks: Tasks, onOutcome: (outcome: Outcome) => void) => Promise<void>

/** Threads that wait for tasks: what one list of them has loaded and compiled serves the next. */
export interface Threads {
  readonly liveMany: LiveMany
  close(): Promise<void>
}

interface Thread {
  readonly worker: Worker
  /** Rejects when the thread ends, which by itself only a fault of the simulation makes it do. */
  readonly over: Promise<never>
}

/** As many as there are cores. */
export function openThreads(count: number = availableParallelism()): Threads {
  const threads = Array.from({ length: count }, startThread)
  return {
    async liveMany(tasks, onOutcome) {
      let failed = false
      const run = async (thread: Thread): Promise<void> => {
        for (let next = tasks.next(); !next.done && !failed; next = tasks.next())
          onOutcome(
            await liveOn(thread, next.value).catch((error: unknown) => {
              failed = true
              throw error
            }),
          )
      }
      await Promise.all(threads.map(run))
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()))
    },
  }
}

/** Lives of the relay on threads of their own, as many at a time as there are cores. */
export async function simulateMany(...[tasks, onOutcome]: Parameters<LiveMany>): Promise<void> {
  const threads = openThreads()
  await threads.liveMany(tasks, onOutcome).finally(threads.close)
}

function startThread(): Thread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url))
  const over = once(worker, 'exit').then(() => Promise.reject(new Error('The thread ended.')))
  over.catch(() => {})
  return { worker, over }
}

async function liveOn({ worker, over }: Thread, task: Task): Promise<Outcome> {
  worker.postMessage(task)
  const [outcome] = (await Promise.race([once(worker, 'message'), over]).catch((cause: unknown) => {
    throw new Error(`Seed ${task.seed} could not be lived.`, { cause })
  })) as [Outcome]
  return outcome
}
