import { StoreUnusableError } from '../errors.ts'
import { type Database, readValue } from './database.ts'

/** Where the data went; empty where a move was taken back. */
export const MOVED_KEY = 'store.moved'

/** Throws where the data was moved elsewhere: what is served there must not be sent from here as well. */
export function assertNotMoved(database: Database, path: string): void {
  const where = readValue(database, `SELECT value FROM meta WHERE key = '${MOVED_KEY}'`)
  if (typeof where !== 'string' || where === '') return
  throw new StoreUnusableError(`${path} was moved to ${where}.`, {
    hint: 'Serve that store. A move that went wrong is taken back with waybill migrate-store --undo-move.',
  })
}
