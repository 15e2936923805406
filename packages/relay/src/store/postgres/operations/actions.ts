import type { Page } from '../../account.ts'
import { numberCursor } from '../../cursor.ts'
import type { By } from '../../hold.ts'
import type { Action, RecordedAction, Selection } from '../../selection.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { fromText, toText } from '../text.ts'

/** Named rows are listed up to here; an action is a line to read, not a copy of a queue. */
const MAX_NAMED_ROWS = 20
/** Events that one act of an operator changes, unless it says otherwise. */
export const DEFAULT_LIMIT = 1_000

const INSERT = 'insert into waybill_store.action (at_ms, by, verb, about) values ($1, $2, $3, $4)'

export async function addAction(session: Session, { atMs, by, verb, about }: Action): Promise<void> {
  await session.query(INSERT, [atMs, toText(by), verb, JSON.stringify(about)])
}

export function noteAction(
  session: Session,
  verb: string,
  selection: Selection,
  { by, nowMs }: By,
  about: object,
): Promise<void> {
  const named = 'rows' in selection ? { rows: selection.rows.slice(0, MAX_NAMED_ROWS) } : selection
  return addAction(session, { atMs: nowMs, by, verb, about: { ...named, ...about } })
}

interface ActionColumns {
  readonly seq: number
  readonly at_ms: number
  readonly by: string
  readonly verb: string
  readonly about: string
}

const LIST = 'select seq, at_ms, by, verb, about from waybill_store.action where seq < $1 order by seq desc limit $2'

export async function listActions(
  { database }: Core,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<RecordedAction>> {
  const below = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  const items = (await database.read<ActionColumns>(LIST, [below, limit])).map(readAction)
  return { items, cursor: items.length === limit ? String(items.at(-1)?.seq) : undefined }
}

export function readAction({ seq, at_ms, by, verb, about }: ActionColumns): RecordedAction {
  return { seq, atMs: at_ms, by: fromText(by), verb, about: JSON.parse(about) }
}
