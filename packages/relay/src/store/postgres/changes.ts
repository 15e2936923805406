import type { EndState } from '../event.ts'
import { bucketOf } from '../roll-up/bucket.ts'
import { minuteAt } from '../roll-up/edges.ts'
import { type Cell, Cells, type Change, type RollUpKey } from '../roll-up/key.ts'
import { Latencies } from '../roll-up/latencies.ts'
import { ACCEPTED, type ADDED, type DELIVERED, END_CODES, LEFT, PRUNED, type REQUEST } from '../state.ts'
import type { Session } from './connection/database.ts'
import { NONE } from './terms.ts'

/** What is counted of an account. Numbers of terms. */
export interface Facts {
  readonly pixel: number
  readonly name: number
  readonly shape: number
  readonly source: number
  readonly currency: number | null
  readonly amount: number | null
  readonly acceptedMs: number
  readonly timestampMs: number
  /** Of so many accounts that count alike; `amount` is of all of them then. Default 1. */
  readonly times?: number
}

/**
 * Accounts that count alike when something happens to them at a moment, as one of several `times`. Default: at the moment that each was
 * accepted.
 */
export function alike(accounts: readonly Facts[], atMs?: number): Facts[] {
  const groups = new Map<string, Facts & { times: number; amount: number | null }>()
  for (const facts of accounts) {
    const { pixel, name, shape, source, currency, amount, acceptedMs, timestampMs } = facts
    const [minute, bucket] = [minuteAt(acceptedMs), bucketOf((atMs ?? acceptedMs) - timestampMs)]
    const key = `${pixel} ${name} ${shape} ${source} ${currency} ${minute} ${bucket}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...facts, times: 1 })
    else {
      group.times++
      group.amount = amount === null ? group.amount : (group.amount ?? 0) + amount
    }
  }
  return [...groups.values()]
}

/** An end: when, and the term of why (0: none). */
export interface EndedAs {
  readonly state: EndState
  readonly atMs: number
  readonly code: number
}

const INSERT_TALLY = `
  insert into waybill_store.tally (pixel, shape, kind, events)
  select * from unnest($1::integer[], $2::integer[], $3::smallint[], $4::bigint[])`
const INSERT_FLOW = `
  insert into waybill_store.flow (minute, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money)
  select * from unnest($1::integer[], $2::smallint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[], $7::integer[],
    $8::integer[], $9::bigint[], $10::bigint[], $11::float8[], $12::float8[])`
const INSERT_TOOK = `
  insert into waybill_store.took (quarter, kind, pixel, bucket, events)
  select * from unnest($1::integer[], $2::smallint[], $3::integer[], $4::smallint[], $5::bigint[])`

const NO_CHANGE: Change = { flow: 0, ends: 0, flowMoney: 0, endsMoney: 0 }

/**
 * What a transaction changes of the counts: gathered, then inserted with what it counts. Of the roll-up, *flow* is what happened at a
 * minute; *ends* are accounts by the minute of their present end, and those without one by that of their acceptance.
 */
export class Changes {
  readonly #tally: Map<string, [pixel: number, shape: number, kind: number, events: number]> = new Map()
  readonly #cells: Cells = new Cells()
  readonly #took: Latencies = new Latencies()

  /** An account was opened, in whatever state. */
  open(facts: Facts): void {
    this.tally(facts.pixel, NONE, ACCEPTED, timesOf(facts))
    this.#add(minuteAt(facts.acceptedMs), ACCEPTED, facts, NONE, { flow: 1, ends: 0 })
  }

  /** It waits from here on, and had not before. */
  begin(facts: Facts): void {
    this.#add(minuteAt(facts.acceptedMs), ACCEPTED, facts, NONE, { flow: 0, ends: 1 })
  }

  /** It waits no longer, or another one in its place. */
  leave(facts: Facts): void {
    this.#add(minuteAt(facts.acceptedMs), ACCEPTED, facts, NONE, { flow: 0, ends: -1 })
  }

  end(facts: Facts, { state, atMs, code }: EndedAs): void {
    this.tally(facts.pixel, NONE, END_CODES[state], timesOf(facts))
    this.#add(minuteAt(atMs), END_CODES[state], facts, code, { flow: 1, ends: 1 })
  }

  /** It had ended, and goes on, or ends otherwise. */
  leaveEnd(facts: Facts, { state, atMs, code }: EndedAs, nowMs: number): void {
    this.tally(facts.pixel, NONE, END_CODES[state], -timesOf(facts))
    this.#add(minuteAt(atMs), END_CODES[state], facts, code, { flow: 0, ends: -1 })
    this.#add(minuteAt(nowMs), END_CODES[state] + LEFT, facts, code, { flow: 1, ends: 0 })
  }

  /** Its account is forgotten; the number stays. */
  prune(facts: Facts, { state, atMs, code }: EndedAs): void {
    this.tally(facts.pixel, NONE, END_CODES[state] + PRUNED, timesOf(facts))
    this.#add(minuteAt(atMs), END_CODES[state], facts, code, { flow: 0, ends: -1 })
    this.#add(minuteAt(atMs), END_CODES[state] + PRUNED, facts, code, { flow: 0, ends: 1 })
  }

  /** How long after its own time it was accepted or delivered. */
  took(kind: typeof ACCEPTED | typeof DELIVERED, facts: Facts, atMs: number): void {
    const { pixel, timestampMs } = facts
    this.#took.add(kind, pixel, atMs, atMs - timestampMs, timesOf(facts))
  }

  /** Requests, and what contexts added. */
  happened(kind: typeof REQUEST | typeof ADDED, atMs: number, pixel: number, code: number, times: number): void {
    const key = { kind, pixel, name: NONE, shape: NONE, source: NONE, code, currency: NONE }
    this.#cells.add(minuteAt(atMs), key, { ...NO_CHANGE, flow: times })
  }

  /** So many more, or fewer, of a kind. What waits is counted by shape, all else under shape 0. */
  tally(pixel: number, shape: number, kind: number, events: number): void {
    const at = `${pixel} ${shape} ${kind}`
    const entry = this.#tally.get(at)
    if (entry === undefined) this.#tally.set(at, [pixel, shape, kind, events])
    else entry[3] += events
  }

  /** Columns for statements that insert them on their own. */
  get columns(): readonly [tally: unknown[][], flow: unknown[][], took: unknown[][]] {
    const changed = [...this.#tally.values()].filter(([, , , events]) => events !== 0)
    return [turn(changed, 4), turn([...this.#cells.values()].map(valuesOf), 12), turn(this.#took.rows(), 5)]
  }

  /** With what it counts, in one transaction. */
  async write(session: Session): Promise<void> {
    const [tally, flow, took] = this.columns
    if (tally[0]!.length > 0) await session.query(INSERT_TALLY, tally)
    if (flow[0]!.length > 0) await session.query(INSERT_FLOW, flow)
    if (took[0]!.length > 0) await session.query(INSERT_TOOK, took)
  }

  #add(minute: number, kind: number, facts: Facts, code: number, { flow, ends }: Pick<Change, 'flow' | 'ends'>): void {
    const { pixel, name, shape, source, currency, amount } = facts
    const key: RollUpKey = { kind, pixel, name, shape, source, code, currency: currency ?? NONE }
    const [times, money] = [timesOf(facts), amount ?? 0]
    const change = { flow: flow * times, ends: ends * times, flowMoney: flow * money, endsMoney: ends * money }
    this.#cells.add(minute, key, change)
  }
}

const timesOf = ({ times = 1 }: Facts): number => times

function valuesOf({ minute, key, flow, ends, flowMoney, endsMoney }: Cell): number[] {
  const { kind, pixel, name, shape, source, code, currency } = key
  return [minute, kind, pixel, name, shape, source, code, currency, flow, ends, flowMoney, endsMoney]
}

/** Rows as columns. */
export function turn(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, at) => rows.map((row) => row[at]))
}
