import { END_CODES } from '../../state.ts'
import { fromText } from '../text.ts'
import { insertEnds, readFacts, type Waiting, type Writing } from './reopen.ts'

/** Why something that waited ended. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** The suspicions of events, which are over with this. */
export async function takeSuspicions(
  { session }: Pick<Writing, 'session'>,
  rows: readonly number[],
): Promise<Map<number, Reason>> {
  const sql = 'delete from waybill_store.suspicion where row = any ($1::bigint[]) returning row, code, message'
  const taken = await session.query<Reason & { readonly row: number }>(sql, [rows])
  return new Map(taken.map(({ row, code, message }) => [row, { code: fromText(code), message: fromText(message) }]))
}

/** Events that were taken out of the queue end. The texts of the codes have a number. */
export async function endWaiting(
  { session, terms, changes }: Writing,
  taken: readonly Pick<Waiting, 'row'>[],
  {
    state,
    nowMs,
    reasonOf,
  }: {
    readonly state: 'refused' | 'expired' | 'discarded'
    readonly nowMs: number
    readonly reasonOf: (row: number) => Reason
  },
): Promise<void> {
  const rows = taken.map(({ row }) => row)
  const facts = await readFacts(session, rows)
  const ends = rows.map((row) => {
    const { code, message } = reasonOf(row)
    return {
      row,
      pixel: facts.get(row)!.pixel,
      state: END_CODES[state],
      code: terms.number(code),
      endedMs: nowMs,
      message,
    }
  })
  await insertEnds(session, ends)
  for (const { row, code } of ends) {
    changes.leave(facts.get(row)!)
    changes.end(facts.get(row)!, { state, atMs: nowMs, code })
  }
}
