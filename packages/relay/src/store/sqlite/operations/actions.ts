import type { Page } from '../../account.ts'
import { numberCursor } from '../../cursor.ts'
import type { RecordedAction } from '../../selection.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'

/** Actions below a number, the newest first. */
export const ACTIONS_SQL = 'SELECT seq, at_ms, by, verb, about FROM action WHERE seq < ? ORDER BY seq DESC LIMIT ?'

export function listActions({ database }: Core, cursor: string | undefined, limit: number): Page<RecordedAction> {
  const below = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  const items = (database.prepare(ACTIONS_SQL).all(below, limit) as Row[]).map(readAction)
  return { items, cursor: items.length === limit ? String(items.at(-1)?.seq) : undefined }
}

export function readAction({ seq, at_ms, by, verb, about }: Row): RecordedAction {
  return {
    seq: seq as number,
    atMs: at_ms as number,
    by: by as string,
    verb: verb as string,
    about: JSON.parse(about as string),
  }
}
