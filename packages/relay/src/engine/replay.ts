import type { EventSummary, ReplayCall, Selection, Store } from '../store/index.ts'

/** How many were queued again, or would be, and how many that intake had refused it would refuse again. */
export interface Replayed {
  readonly replayed: number
  readonly stillRefused: number
}

export interface Replay extends ReplayCall {
  /** Only judges. */
  readonly dryRun: boolean
}

export interface ReplayParts {
  readonly store: Pick<Store, 'replay' | 'search' | 'showRow' | 'countSelected'>
  /** Judges the event of a row anew and queues it in its sendable form, or would; false when it is still refused. */
  readonly rejudge: (row: number, event: unknown) => Promise<boolean>
}

/** Of what intake refused: it is kept as it came, and was never brought into the form that is sent. */
export const NO_SHAPE = ''
const DEFAULT_LIMIT = 1_000
const PAGE = 1_000

/** Queues again what ended undelivered. What intake refused goes through its checks first: nothing is sent unchecked. */
export async function replayEvents(parts: ReplayParts, selection: Selection, call: Replay): Promise<Replayed> {
  const { store } = parts
  const { limit = DEFAULT_LIMIT } = call
  if (await isSendable(parts, selection)) return { replayed: await asKept(parts, selection, call), stillRefused: 0 }
  const sendable: number[] = []
  let rejudged = 0
  let stillRefused = 0
  for (const row of await rowsOf(parts, selection, limit)) {
    const account = await store.showRow(row)
    if (account?.wire === undefined) continue
    if (account.shape !== NO_SHAPE) sendable.push(row)
    else if (await parts.rejudge(row, JSON.parse(account.wire))) rejudged += 1
    else stillRefused += 1
  }
  const kept = sendable.length === 0 ? 0 : await asKept(parts, { rows: sendable }, { ...call, limit: sendable.length })
  return { replayed: kept + rejudged, stillRefused }
}

/** What once was in the form that is sent needs no other judge than the API. */
function asKept({ store }: ReplayParts, selection: Selection, { dryRun, ...call }: Replay): Promise<number> {
  return dryRun ? store.countSelected(selection, call.limit ?? DEFAULT_LIMIT) : store.replay(selection, call)
}

/** Whether nothing of the selection was refused at intake; then the store can queue it in one step. */
async function isSendable({ store }: ReplayParts, selection: Selection): Promise<boolean> {
  if ('rows' in selection) return false
  if (selection.shape !== undefined) return selection.shape !== NO_SHAPE
  return (await store.countSelected({ ...selection, shape: NO_SHAPE }, 1)) === 0
}

/** The rows that a selection means now, the newest first, at most `limit`. */
export async function rowsOf(
  { store }: Pick<ReplayParts, 'store'>,
  selection: Selection,
  limit: number,
): Promise<number[]> {
  if ('rows' in selection) return selection.rows.slice(0, limit)
  const { shape, sinceMs, ...search } = selection
  const isMeant = ({ shape: own, endedMs, acceptedMs }: EventSummary): boolean =>
    (shape === undefined || own === shape) && (sinceMs === undefined || (endedMs ?? acceptedMs) >= sinceMs)
  const rows: number[] = []
  let cursor: string | undefined
  do {
    const page = await store.search({ ...search, ...(cursor !== undefined && { cursor }), limit: PAGE })
    for (const event of page.items) if (isMeant(event)) rows.push(event.row)
    cursor = page.cursor
  } while (cursor !== undefined && rows.length < limit)
  return rows.slice(0, limit)
}
