import type { OpenFile, Row } from '../files/index.ts'
import type { EventState } from '../store/index.ts'

/** An account as the relay's search lists it. */
export interface ListedAccount {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id?: string
  readonly state: EventState
  readonly timestampMs: number
}

export interface AccountPage {
  readonly events: readonly ListedAccount[]
  readonly cursor?: string
}

export interface AccountSearch {
  /** Accounts in other states are passed over. */
  readonly states: readonly EventState[]
  readonly pixel?: string | undefined
  /** Accepted at this time or later, ISO 8601. */
  readonly since?: string | undefined
}

/** The keys of each of its rows. */
export const ACCOUNT_COLUMNS: readonly string[] = ['id', 'type', 'timestamp_ms', 'pixel_id']

const PAGE_EVENTS = '1000'

/** The accounts of a running relay as a file of events, page by page. `ask` gets the query of one search. */
export function accountsFile(
  name: string,
  search: AccountSearch,
  ask: (query: URLSearchParams) => Promise<AccountPage>,
): OpenFile {
  return {
    name,
    format: 'json',
    hasByteOrderMark: false,
    rows: pages(search, ask),
    notes: () => [],
    bytesRead: () => 0,
    close: async () => {},
  }
}

async function* pages(
  { states, pixel, since }: AccountSearch,
  ask: (query: URLSearchParams) => Promise<AccountPage>,
): AsyncGenerator<readonly Row[]> {
  // One state is looked for by the relay; of several, each look would see another moment.
  const state = states.length === 1 ? states[0] : undefined
  const search = { limit: PAGE_EVENTS, ...(pixel && { pixel }), ...(since && { since }), ...(state && { state }) }
  let cursor: string | undefined
  do {
    const page = await ask(new URLSearchParams({ ...search, ...(cursor !== undefined && { cursor }) }))
    yield page.events.filter((account) => states.includes(account.state)).map(rowOf)
    cursor = page.cursor
  } while (cursor !== undefined)
}

function rowOf({ row, pixel, name, id, timestampMs }: ListedAccount): Row {
  return {
    line: row,
    object: { ...(id !== undefined && { id }), type: name, timestamp_ms: timestampMs, pixel_id: pixel },
  }
}
