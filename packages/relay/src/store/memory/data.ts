import type { Hold } from '../hold.ts'
import type { RequestRecord } from '../request.ts'
import type { RecordedAction } from '../selection.ts'
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
  /** By token, when it ends by the monotonic clock. */
  readonly leases: Map<number, number>
  nextRow: number
  /** The first that can be accepted since the store was opened. */
  firstRow: number
  nextToken: number
  accepted: Map<string, number>
  pruned: Entry[]
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
    nextRow: 1,
    firstRow: 1,
    nextToken: 1,
    accepted: new Map(),
    pruned: [],
  }
}

export function holdKey(pixel: string, shape: string | undefined): string {
  return JSON.stringify([pixel, shape])
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
