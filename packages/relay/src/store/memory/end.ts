import { happened, leftEnd, type MemoryData } from './data.ts'
import type { Entry } from './entry.ts'

export function discardOne(data: MemoryData, entry: Entry, reason: string, nowMs: number): void {
  leftEnd(data, entry, nowMs)
  keepEnd(entry)
  Object.assign(entry, { end: 'discarded', endedMs: nowMs, code: 'discarded', message: reason, suspicion: undefined })
  happened(data, 'discarded', entry, { atMs: nowMs, code: 'discarded' })
}

export function keepEnd(entry: Entry): void {
  const { end: what, code, message, endedMs: atMs = 0 } = entry
  if (what !== undefined && what !== 'delivered') entry.history.push({ atMs, what, code, message, by: undefined })
}
