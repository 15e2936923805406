import type { Hold } from '../hold.ts'
import type { Mark } from '../mark.ts'
import type { FlowKind } from '../reads/index.ts'
import type { RequestRecord } from '../request.ts'
import type { RecordedAction } from '../selection.ts'
import type { Session } from '../session.ts'
import type { Task } from '../task.ts'
import { type Entry, stateOf } from './entry.ts'

/** What a memory store keeps; pass it to another one to open the same data again. */
export interface MemoryData {
  entries: Entry[]
  requests: RequestRecord[]
  readonly actions: RecordedAction[]
  /** By pixel, or pixel and shape. */
  readonly holds: Map<string, { readonly pixel: string; readonly shape: string | undefined; readonly hold: Hold }>
  readonly meta: Map<string, string>
  readonly contexts: Map<string, { readonly value: string; readonly atMs: number }>
  /** By token, when it ends by the monotonic clock, and whose it is. */
  readonly leases: Map<number, { readonly untilMs: number; readonly pixel: string; readonly relay: string | undefined }>
  /** Of several relays, by their names. */
  readonly relays: Map<string, KeptRelay>
  readonly claims: Map<string, KeptClaim>
  /** The oldest version whose relays may work on it. */
  worksBeside: number
  nextRelay: number
  holdsVersion: number
  nextRow: number
  /** The first that can be accepted since the store was opened. */
  firstRow: number
  nextToken: number
  accepted: Map<string, number>
  pruned: Entry[]
  /** All that was ever counted, one by one. */
  readonly happenings: Happening[]
  /** What waited, when somebody looked. */
  readonly samples: Sample[]
  readonly tasks: Map<number, Task>
  /** An event as it was before a task fixed it, by row. */
  readonly fixed: Map<number, { readonly task: number; readonly before: Entry }>
  readonly marks: Mark[]
  readonly sessions: Map<string, Session>
  commits: number
}

/** The row of a relay. */
export interface KeptRelay {
  readonly name: string
  readonly renewals: number
  /** By the clock that relays share. */
  readonly endsMs: number
  readonly forMs: number
  readonly delivers: boolean
  /** The newest version of the data that it knows. */
  readonly knows: number
}

/** A pixel or a chore, with whoever has it. Times by the clock that relays share. */
export interface KeptClaim {
  readonly relay?: string | undefined
  readonly note?: { readonly text: string; readonly atMs: number } | undefined
  readonly givenUpMs?: number | undefined
  /** What was kept last is last. */
  readonly shapes?: ReadonlySet<string> | undefined
}

/** Something that happened once. */
export interface Happening {
  readonly kind: FlowKind
  readonly atMs: number
  readonly pixel: string
  readonly name: string
  readonly shape: string
  readonly source: string
  readonly code: string
  readonly amount: number | undefined
  readonly currency: string | undefined
  /** Of an acceptance or a delivery: how long after the event's own time. */
  readonly tookMs: number | undefined
}

export interface Sample {
  readonly atMs: number
  readonly pixel: string
  readonly queued: number
  readonly held: number
  readonly sending: number
}

export function memoryData(): MemoryData {
  return {
    entries: [],
    requests: [],
    actions: [],
    holds: new Map(),
    meta: new Map(),
    contexts: new Map(),
    leases: new Map(),
    relays: new Map(),
    claims: new Map(),
    worksBeside: 1,
    nextRelay: 1,
    holdsVersion: 0,
    nextRow: 1,
    firstRow: 1,
    nextToken: 1,
    accepted: new Map(),
    pruned: [],
    happenings: [],
    samples: [],
    tasks: new Map(),
    fixed: new Map(),
    marks: [],
    sessions: new Map(),
    commits: 0,
  }
}

export function holdKey(pixel: string, shape: string | undefined): string {
  return JSON.stringify([pixel, shape])
}

export function contextName(pixel: string, key: string): string {
  return JSON.stringify([pixel, key])
}

export function holdOf({ holds }: MemoryData, { event }: Entry): Hold | undefined {
  const found = holds.get(holdKey(event.pixel, undefined)) ?? holds.get(holdKey(event.pixel, event.shape))
  return found?.hold
}

export function seenState(data: MemoryData, entry: Entry): ReturnType<typeof stateOf> {
  return stateOf(entry, holdOf(data, entry))
}

export function note(data: MemoryData, atMs: number, by: string, verb: string, about: Record<string, unknown>): void {
  data.actions.push({ seq: data.actions.length + 1, atMs, by, verb, about })
}

/** Counts something that happened to an entry. */
export function happened(
  data: MemoryData,
  kind: FlowKind,
  { event, acceptedMs, end }: Pick<Entry, 'event' | 'acceptedMs' | 'end'>,
  { atMs, code = '' }: { readonly atMs: number; readonly code?: string | undefined },
): void {
  const { pixel, name, shape, source, amount, currency, timestampMs } = event
  const about = { pixel, name, shape, source, ...(currency === undefined ? NO_MONEY : { amount, currency }) }
  const isTaken = kind === 'delivered' || (kind === 'accepted' && end === undefined)
  const tookMs = isTaken ? (kind === 'accepted' ? acceptedMs : atMs) - timestampMs : undefined
  data.happenings.push({ kind, atMs, code, tookMs, ...about })
}

const NO_MONEY = { amount: undefined, currency: undefined }

/** An entry that had ended goes on, or ends otherwise. */
export function leftEnd(data: MemoryData, entry: Entry, atMs: number): void {
  const { end, code } = entry
  if (end !== undefined && end !== 'delivered') happened(data, `left_${end}`, entry, { atMs, code })
}
