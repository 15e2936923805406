import { StoreUnusableError } from '../errors.ts'
import { type Database, readValue } from './database.ts'

/** Where the data went; empty where a move was taken back. */
export const MOVED_KEY = 'store.moved'

/** What a move is known by that was begun and is not at its end. */
export const MOVE_KEY = 'move.id'

/** From here on the file may change: a move of it that was begun is not gone on with. */
export function forgetMove(database: Database): void {
  const isBegun = readValue(database, `SELECT 1 FROM meta WHERE key = '${MOVE_KEY}'`) !== undefined
  if (isBegun) database.exec(`DELETE FROM meta WHERE key = '${MOVE_KEY}'`)
}

/** Throws where the data was moved elsewhere: what is served there must not be sent from here as well. */
export function assertNotMoved(database: Database, path: string): void {
  const where = readValue(database, `SELECT value FROM meta WHERE key = '${MOVED_KEY}'`)
  if (typeof where !== 'string' || where === '') return
  throw new StoreUnusableError(`${path} was moved to ${where}.`, {
    hint: 'Serve that store. A move that went wrong is taken back with waybill migrate-store --undo-move.',
  })
}
