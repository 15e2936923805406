import type { UndeliveredState } from '../../event.ts'
import type { By } from '../../hold.ts'
import type { DiscardCall, Edit, EndSuspicionCall, ReplayCall, Selection } from '../../selection.ts'
import { APART, DISCARDED, endState, READY } from '../../state.ts'
import type { Operator } from '../../store.ts'
import { Changes } from '../changes.ts'
import type { Core } from '../core.ts'
import { fromText } from '../text.ts'
import { reading } from './accounts.ts'
import { addAction, DEFAULT_LIMIT, listActions, noteAction } from './actions.ts'
import { endWaiting, type Reason, takeSuspicions } from './end-waiting.ts'
import {
  addPassages,
  type EndColumns,
  endedAs,
  insertEnds,
  passageOfEnd,
  readFacts,
  reopen,
  replay as replayEnds,
  takeWaiting,
  termsOf,
  type Writing,
} from './reopen.ts'
import { selectRows } from './select.ts'

export function operatorCalls(core: Core): Operator {
  return {
    countSelected: async (selection, limit) => (await selectRows(reading(core), core.terms, selection, limit)).length,
    replay: (selection, call) => replay(core, selection, call),
    edit: (row, content, by) => edit(core, row, content, by),
    discard: (selection, call) => discard(core, selection, call),
    endSuspicion: (selection, call) => endSuspicion(core, selection, call),
    recordAction: (action) => addAction(core.database, action),
    listActions: (page) => listActions(core, page),
  }
}

/** A transaction in which counts change; what they count is written before them. */
export function writing<Result>(core: Core, work: (writing: Writing) => Promise<Result>): Promise<Result> {
  return core.partitions.during(() =>
    core.database.transaction(async (session) => {
      const changes = new Changes()
      const result = await work({ session, terms: core.terms, changes })
      await changes.write(session)
      return result
    }),
  )
}

/** Ends that can be run again: of events with an id. */
const TAKE_RUNNABLE = `
  delete from waybill_store.ended as e using waybill_store.account as a
  where a.row = e.row and a.id is not null and e.row = any ($1::bigint[])
  returning e.row, e.state, e.code, e.ended_ms, e.message`
const TAKE_UNDISCARDED = `
  delete from waybill_store.ended where row = any ($1::bigint[]) and state <> ${DISCARDED}
  returning row, state, code, ended_ms, message`

/** Takes ended events out of their end, in the order of rows. */
export async function takeEnds(
  { session, terms }: Pick<Writing, 'session' | 'terms'>,
  rows: readonly number[],
  which: 'runnable' | 'undiscarded',
): Promise<EndColumns[]> {
  const ends = await session.query<EndColumns>(which === 'runnable' ? TAKE_RUNNABLE : TAKE_UNDISCARDED, [rows])
  await terms.load(
    ends.map(({ code }) => code),
    session,
  )
  return ends.sort((a, b) => a.row - b.row)
}

async function replay(
  core: Core,
  selection: Selection,
  { by, nowMs, limit = DEFAULT_LIMIT }: ReplayCall,
): Promise<number> {
  const rows = await selectRows(reading(core), core.terms, selection, limit)
  const replayed = await writing(core, async (write) => {
    const ends = await takeEnds(write, rows, 'runnable')
    await replayEnds(write, ends, { what: 'replayed', by, nowMs })
    await noteAction(write.session, 'event:replay', selection, { by, nowMs }, { events: ends.length })
    return ends.length
  })
  core.places.forgetAll()
  return replayed
}

async function edit(core: Core, row: number, content: Edit, { by, nowMs }: By): Promise<boolean> {
  await core.terms.keep(termsOf(content))
  const isEdited = await writing(core, async (write) => {
    const [end] = await takeEnds(write, [row], 'runnable')
    if (end === undefined) return false
    await editOne(write, end, content, { by, nowMs })
    await addAction(write.session, { atMs: nowMs, by, verb: 'event:edit', about: { rows: [row] } })
    return true
  })
  core.places.forgetAll()
  return isEdited
}

export async function editOne(write: Writing, end: EndColumns, content: Edit, { by, nowMs }: By): Promise<void> {
  const facts = (await readFacts(write.session, [end.row])).get(end.row)!
  await reopen(write, { row: end.row, facts, end }, content, { what: 'edited', by, nowMs })
}

async function discard(core: Core, selection: Selection, call: DiscardCall): Promise<number> {
  const { by, nowMs, reason, limit = DEFAULT_LIMIT } = call
  const rows = await selectRows(reading(core), core.terms, selection, limit)
  await core.terms.keep([DISCARDED_CODE])
  return writing(core, async (write) => {
    const discarded = await discardRows(write, rows, { reason, nowMs })
    await noteAction(write.session, 'event:discard', selection, { by, nowMs }, { events: discarded.length, reason })
    return discarded.length
  })
}

export const DISCARDED_CODE = 'discarded'

/** Ends what waits, and what ended otherwise, as discarded; gives the rows. */
export async function discardRows(
  write: Writing,
  rows: readonly number[],
  { reason, nowMs }: { readonly reason: string; readonly nowMs: number },
): Promise<number[]> {
  const { session, terms, changes } = write
  const waiting = await takeWaiting(session, rows, changes)
  await takeSuspicions(write, rows)
  const reasonOf = (): Reason => ({ code: DISCARDED_CODE, message: reason })
  await endWaiting(write, waiting, { state: 'discarded', nowMs, reasonOf })
  const ends = await takeEnds(write, rows, 'undiscarded')
  await addPassages(
    session,
    ends.map((end) => passageOfEnd(terms, end)),
  )
  const facts = await readFacts(
    session,
    ends.map(({ row }) => row),
  )
  const code = terms.number(DISCARDED_CODE)
  for (const end of ends) {
    changes.leaveEnd(facts.get(end.row)!, endedAs(end), nowMs)
    changes.end(facts.get(end.row)!, { state: endState(DISCARDED) as UndeliveredState, atMs: nowMs, code })
  }
  await insertEnds(
    session,
    ends.map(({ row }) => ({
      row,
      pixel: facts.get(row)!.pixel,
      state: DISCARDED,
      code,
      endedMs: nowMs,
      message: reason,
    })),
  )
  return [...waiting, ...ends].map(({ row }) => row)
}

const TAKE_APART = `
  delete from waybill_store.queue where row = any ($1::bigint[]) and lane = ${APART} returning row, pixel, shape, lane`
const SUSPICION_CODES = 'select distinct code from waybill_store.suspicion where row = any ($1::bigint[])'

async function endSuspicion(core: Core, selection: Selection, call: EndSuspicionCall): Promise<number> {
  const { as, by, nowMs, reason, limit = DEFAULT_LIMIT } = call
  const rows = await selectRows(reading(core), core.terms, selection, limit)
  const codes = await core.database.read<{ code: string }>(SUSPICION_CODES, [rows])
  await core.terms.keep(codes.map(({ code }) => fromText(code)))
  const ended = await writing(core, async (write) => {
    const suspects = await takeApart(write, rows)
    const what = as === 'refused' ? 'confirmed' : 'released'
    const passage = { atMs: nowMs, what, code: undefined, message: reason, by } as const
    await addPassages(
      write.session,
      suspects.map((row) => ({ row, ...passage })),
    )
    await (as === 'refused' ? confirm : release)(write, suspects, nowMs)
    const about = { events: suspects.length, ...(reason !== undefined && { reason }) }
    const verb = as === 'refused' ? 'event:confirm' : 'event:release'
    await noteAction(write.session, verb, selection, { by, nowMs }, about)
    return suspects.length
  })
  core.places.forgetAll()
  return ended
}

async function takeApart({ session, changes }: Writing, rows: readonly number[]): Promise<number[]> {
  const taken = await session.query<{ row: number; pixel: number; shape: number }>(TAKE_APART, [rows])
  for (const { pixel, shape } of taken) changes.tally(pixel, shape, APART, -1)
  return taken.map(({ row }) => row).sort((a, b) => a - b)
}

async function confirm(write: Writing, rows: readonly number[], nowMs: number): Promise<void> {
  const suspicions = await takeSuspicions(write, rows)
  await endWaiting(
    write,
    rows.map((row) => ({ row })),
    { state: 'refused', nowMs, reasonOf: (row) => suspicions.get(row)! },
  )
}

const LET_GO = `
  insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
  select row, timestamp_ms, 0, pixel, shape, timestamp_ms / 60000, ${READY}, true, true
  from waybill_store.account where row = any ($1::bigint[]) returning row, pixel, shape`
const SAY_NOTHING = `
  update waybill_store.tried set due_ms = 0, code = null, message = null where row = any ($1::bigint[])`

async function release(write: Writing, rows: readonly number[]): Promise<void> {
  const { session, changes } = write
  await takeSuspicions(write, rows)
  await session.query(SAY_NOTHING, [rows])
  const free = await session.query<{ pixel: number; shape: number }>(LET_GO, [rows])
  for (const { pixel, shape } of free) changes.tally(pixel, shape, READY, 1)
}
