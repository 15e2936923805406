import { StoreUnusableError } from '../errors.ts'
import type { Session } from './connection/database.ts'

/** There while a file is being moved into the database, and after such a move was taken back. */
export const MOVING_KEY = 'store.moving'

const IS_MOVING = `select from waybill_store.meta where key = '${MOVING_KEY}'`

/** Throws while a part of the data is still elsewhere. */
export async function assertWhole(session: Session): Promise<void> {
  const [moving] = await session.query(IS_MOVING)
  if (moving === undefined) return
  throw new StoreUnusableError(
    'A file is being moved into this database and is not all here, or its move was taken back.',
    {
      hint: 'Run waybill migrate-store again: it goes on where it was. After --undo-move, serve the file, and drop the database.',
    },
  )
}
