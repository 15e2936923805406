import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Store } from '../../store.ts'
import type { SqliteStoreOptions } from '../options.ts'
import { Caller } from './caller.ts'
import { toError } from './fault.ts'
import { type FromStore, METHODS, type ThreadOptions } from './messages.ts'

export interface StoreThreadOptions extends ThreadOptions, Pick<SqliteStoreOptions, 'onBroken'> {
  /** What the thread runs; tests put one in its place that fails on purpose. */
  readonly thread?: URL
}

/** Events pass through quickly and leave nothing behind; more room for them was no faster. */
const YOUNG_MB = 16

/** Beside this file, which is TypeScript in a checkout and JavaScript in the package. */
const THREAD = new URL(`./thread${import.meta.url.slice(-3)}`, import.meta.url)

/**
 * Opens the SQLite store in a thread of its own; promises and errors are those of `openSqliteStore`. A commit waits for the disk, and
 * whoever shared its thread would wait with it: here requests are read and answered meanwhile.
 */
export async function openStoreThread(options: StoreThreadOptions): Promise<Store> {
  const { onBroken = () => {}, thread = THREAD, ...workerData } = options
  const worker = new Worker(thread, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  const [first] = (await once(worker, 'message')) as [FromStore]
  if (first.what === 'failed') {
    await worker.terminate()
    throw toError(first.fault)
  }
  const caller = new Caller(worker, onBroken)
  const calls = METHODS.map((method) => [method, (...args: unknown[]) => caller.call(method, args)] as const)
  return { ...(Object.fromEntries(calls) as unknown as Store), close: () => caller.close() }
}
