import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { StoreAwayError, StoreError } from '../../errors.ts'
import type { Acceptance, NewEvent } from '../../event.ts'
import { minuteOf } from '../../minute.ts'
import { GAVE_WAY, leadsTo, nameKey } from '../../names.ts'
import { READY, WAITING } from '../../state.ts'
import { Changes } from '../changes.ts'
import { type Session, UnknownWriteError } from '../connection/database.ts'
import { constraintOf } from '../connection/faults.ts'
import type { Core } from '../core.ts'
import { reading } from '../operations/accounts.ts'
import { noteAction } from '../operations/actions.ts'
import { PUT_CONTEXT } from '../operations/contexts.ts'
import { DISCARDED_CODE, discardRows } from '../operations/operator.ts'
import { readFacts, reopen, takeEnded, takeWaiting, termsOf as termsOfContent } from '../operations/reopen.ts'
import { factsOf, insertion, isOver, laneOf, termsOf } from './insert.ts'
import { findKnown, isEachOnce, namesOf } from './known.ts'
import { type Arrival, type IntakePlan, keyOf, keyOfEvent, NOTHING_KNOWN, planIntake } from './plan.ts'

const MOST_TRIES = 6

/** Another relay was there first: look again. */
class MetError extends StoreError {}

/** An event of a call. `row`: a repeat has the one that the first try was given. */
export interface Brought {
  readonly event: NewEvent
  readonly nowMs: number
  readonly row: number | undefined
}

/**
 * Keeps the events of a call, or of several, in one transaction. What is known is looked for first, so that the usual case is two statements
 * in two round trips. Where nobody knows whether it was committed, the error has the rows, for the repeat.
 */
export async function accept(core: Core, brought: readonly Brought[]): Promise<Acceptance[]> {
  const fresh = await core.rows.take(brought.filter(({ row }) => row === undefined).length)
  const arrivals = brought.map((each) => arrivalOf(each, each.row ?? fresh.shift()!))
  await core.terms.keep(arrivals.flatMap(termsOf))
  const isRepeat = brought.some(({ row }) => row !== undefined)
  for (let tries = 1; ; tries++) {
    try {
      return await core.partitions.during(() => tryOnce(core, arrivals, isRepeat))
    } catch (error) {
      if (error instanceof UnknownWriteError) throw withRows(error, arrivals)
      if (!isMet(error) || tries === MOST_TRIES) throw error
      // Whoever was there first is looked for from here on.
      core.repeats.met()
    }
  }
}

function arrivalOf({ event, nowMs }: Brought, row: number): Arrival {
  return { event, row, nowMs, key: keyOfEvent(event) }
}

function withRows({ message, cause }: UnknownWriteError, arrivals: readonly Arrival[]): StoreAwayError {
  return new StoreAwayError(message, { cause, rows: arrivals.map(({ row }) => row) })
}

/** Somebody else wrote one of the keys between the look and the insert. */
function isMet(error: unknown): boolean {
  return error instanceof MetError || constraintOf(error) !== undefined
}

async function tryOnce(core: Core, arrivals: readonly Arrival[], isRepeat: boolean): Promise<Acceptance[]> {
  const isNamed = arrivals.some(({ event }) => event.sameAs !== undefined)
  const isTakenForNew = !isNamed && !isRepeat && core.repeats.areRare && isEachOnce(arrivals)
  const plan = isTakenForNew
    ? await acceptNew(core, arrivals)
    : await (isNamed ? acceptNamed : acceptUnnamed)(core, arrivals, isRepeat)
  for (const arrival of plan.opened) noteOpened(core, arrival)
  for (const arrival of plan.reopened) noteReopened(core, arrival)
  return [...plan.acceptances]
}

/** It can be leased as it is, without being read again. */
function noteOpened({ terms, places, fresh }: Core, arrival: Arrival): void {
  const { event, row, nowMs } = arrival
  const { name, id = '', wire, shape, timestampMs, contexts } = event
  const held = { row, ...factsOf(terms, arrival), hasMore: false }
  places.note(held.pixel, held.shape, timestampMs, row)
  if (isOver(arrival)) return
  if (laneOf(arrival) !== READY) return places.noteLater(held.pixel)
  const about = {
    bytes: Buffer.byteLength(wire),
    shape,
    timestampMs,
    acceptedMs: nowMs,
    attempts: 0,
    mayBeStored: false,
  }
  fresh.keep({ event: { row, name, id, wire, ...about, ...(contexts !== undefined && { contexts }) }, held })
}

function noteReopened({ terms, places }: Core, arrival: Arrival): void {
  const { event, row } = arrival
  const pixel = terms.number(event.pixel)
  places.noteAt(pixel, terms.number(event.shape), { minute: minuteOf(event.timestampMs), row })
  if (laneOf(arrival) !== READY) places.noteLater(pixel)
}

/** Without a look: where one was there before, nothing is written, and the next try looks. */
async function acceptNew({ database, terms }: Core, arrivals: readonly Arrival[]): Promise<IntakePlan> {
  const { sql, values } = insertion(terms, arrivals, new Changes())
  await database.query(sql, values)
  return planIntake(arrivals, NOTHING_KNOWN)
}

/**
 * The look is a transaction of its own; where nothing but new accounts comes of it, the insert is one statement, which is made while the
 * database looks.
 */
async function acceptUnnamed(core: Core, arrivals: readonly Arrival[], isRepeat: boolean): Promise<IntakePlan> {
  const { database, terms } = core
  const looking = findKnown(core, reading(core), arrivals, isRepeat)
  const [known, ofAll] = await Promise.all([looking, afterSending(() => insertion(terms, arrivals, new Changes()))])
  const plan = planIntake(arrivals, known)
  if (known.accounts.size > 0) core.repeats.met()
  else core.repeats.none(arrivals.length)
  if (plan.reopened.length > 0) {
    await keepTerms(core, plan.reopened)
    await database.transaction((session) => write(core, session, plan))
  } else if (plan.opened.length > 0) {
    const isAll = plan.opened.length === arrivals.length
    const { sql, values } = isAll ? ofAll : insertion(terms, plan.opened, new Changes())
    await database.query(sql, values)
  }
  return plan
}

/** What is asked of the database is on its way by then. */
async function afterSending<Result>(work: () => Result): Promise<Result> {
  await setImmediate()
  return work()
}

const LOCK_NAMES = 'select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key'

/**
 * With other names: all names are locked in one order and looked up by a statement of its own after that, so that of two calls that each
 * have the other's name one sees the other.
 */
async function acceptNamed(core: Core, arrivals: readonly Arrival[], isRepeat: boolean): Promise<IntakePlan> {
  await core.terms.find(namesOf(arrivals).map(({ name }) => name.name))
  await keepTerms(core, arrivals)
  return core.database.transaction(async (session) => {
    await session.query(LOCK_NAMES, [locksOf(arrivals)])
    const plan = planIntake(arrivals, await findKnown(core, session, arrivals, isRepeat))
    await write(core, session, plan)
    return plan
  })
}

async function keepTerms({ terms }: Core, arrivals: readonly Arrival[]): Promise<void> {
  await terms.keep([DISCARDED_CODE, ...arrivals.flatMap(({ event }) => termsOfContent(event))])
}

/** Rising. */
function locksOf(arrivals: readonly Arrival[]): string[] {
  const named = arrivals.filter(({ event }) => event.sameAs !== undefined)
  const keys = new Set(namesOf(named).map(({ pixel, name }) => keyOf(pixel, name)))
  const numbers = [...keys].map((key) => createHash('sha256').update(key).digest().readBigInt64BE())
  return numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String)
}

async function write(
  core: Core,
  session: Session,
  { opened, reopened, discarded, leading }: IntakePlan,
): Promise<void> {
  const { terms } = core
  for (const { row, nowMs } of discarded) await giveWay(core, session, row, nowMs)
  if (opened.length > 0) {
    const { sql, values } = insertion(terms, opened, new Changes())
    await session.query(sql, values)
  }
  for (const arrival of reopened) await goOn(core, session, arrival)
  for (const { pixel, name, row, nowMs } of leading)
    await session.query(PUT_CONTEXT, [terms.number(pixel), nameKey(name), nowMs, leadsTo(row)])
}

/** The account goes on with what arrived, unless somebody else changed it meanwhile. */
async function goOn({ terms }: Core, session: Session, { row, event, nowMs }: Arrival): Promise<void> {
  const changes = new Changes()
  const [end] = await takeEnded(session, [row])
  const [waiting] = end === undefined ? await takeWaiting(session, [row], changes) : []
  if (end === undefined && waiting?.lane !== WAITING) throw new MetError('An account changed meanwhile.')
  if (end !== undefined) await terms.load([end.code], session)
  const facts = (await readFacts(session, [row])).get(row)!
  const { origin, contexts } = event
  const content = { ...event, arrived: { ...(origin && { origin }), ...(contexts && { contexts }) } }
  await reopen({ session, terms, changes }, { row, facts, end }, content, { what: 'arrived', by: event.source, nowMs })
  await changes.write(session)
}

/** It only waited for another call of its conversion. */
async function giveWay({ terms }: Core, session: Session, row: number, nowMs: number): Promise<void> {
  const changes = new Changes()
  const discarded = await discardRows({ session, terms, changes }, [row], { reason: GAVE_WAY, nowMs })
  if (discarded.length === 0) throw new MetError('An account changed meanwhile.')
  const about = { events: discarded.length, reason: GAVE_WAY }
  await noteAction(session, 'event:discard', { rows: [row] }, { by: 'waybill', nowMs }, about)
  await changes.write(session)
}
