/** For tests: the store's thread on a database that fails when an event is brought whose id says how. */
import { parentPort, workerData } from 'node:worker_threads'
import { faultyDatabase, sqliteError } from '../faulty-database.ts'
import { openSqliteStore } from '../open-sqlite-store.ts'
import type { ThreadOptions } from './messages.ts'
import { serveStore } from './serve-store.ts'

const SQLITE_FULL = 13
const SQLITE_IOERR_FSYNC = 1_034

const faulty = faultyDatabase()
let failure: Error | undefined
faulty.sabotage = (sql, values) => {
  if (values.includes('full')) throw sqliteError(SQLITE_FULL, 'database or disk is full')
  if (values.includes('fsync')) failure = sqliteError(SQLITE_IOERR_FSYNC, 'disk I/O error')
  if (values.includes('dies')) setImmediate(() => parentPort!.emit('error', new Error('out of memory')))
  if (sql === 'COMMIT' && failure !== undefined) throw failure
}
parentPort!.on('error', (error) => {
  throw error
})
await serveStore(parentPort!, (onBroken) =>
  openSqliteStore({ ...(workerData as ThreadOptions), connect: faulty.connect, onBroken }),
)
