/** What the store's thread runs. */
import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteStore } from '../open-sqlite-store.ts'
import type { ThreadOptions } from './messages.ts'
import { serveStore } from './serve-store.ts'

await serveStore(parentPort!, (onBroken) => openSqliteStore({ ...(workerData as ThreadOptions), onBroken }))
