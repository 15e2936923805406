import type { Ageing, ExpiredEvent } from '../store.ts'
import { happened, type MemoryData } from './data.ts'
import type { Entry } from './entry.ts'
import { groupBy } from './group-by.ts'

export function memoryAgeing(data: MemoryData): Ageing {
  return {
    async expire({ timestampBeforeMs, nowMs, limit, code, message }) {
      const old = data.entries.filter(
        ({ end, token, event }) => end === undefined && token === undefined && event.timestampMs < timestampBeforeMs,
      )
      const expired = old.slice(0, limit)
      for (const entry of expired) {
        const why = entry.suspicion ?? { code, message }
        Object.assign(entry, { end: 'expired', endedMs: nowMs, code: why.code, message: why.message })
        entry.suspicion = undefined
        happened(data, 'expired', entry, { atMs: nowMs, code: why.code })
      }
      return expired.map(expiredEvent)
    },
    async bringForward({ apart, afterMs, dueMs }) {
      const waiting = data.entries.filter((entry) => (apart ? isApart(entry) : isWaiting(entry)))
      const late = waiting.filter((entry) => entry.dueMs > Math.max(afterMs, entry.event.timestampMs))
      for (const entry of late) entry.dueMs = dueMs
      return late.length
    },
    async expiring({ fromMs, beforeMs, limit }) {
      const inRange = ({ end, event: { timestampMs } }: Entry): boolean =>
        end === undefined && timestampMs >= fromMs && timestampMs < beforeMs
      const byPixel = groupBy(data.entries.filter(inRange), ({ event }) => event.pixel)
      return byPixel.map(([pixel, entries]) => ({
        pixel,
        events: Math.min(entries.length, limit),
        oldestTimestampMs: Math.min(...entries.map(({ event }) => event.timestampMs)),
      }))
    },
  }
}

function isApart({ end, suspicion }: Entry): boolean {
  return end === undefined && suspicion !== undefined
}

function isWaiting({ end, isDue, suspicion }: Entry): boolean {
  return end === undefined && suspicion === undefined && !isDue
}

function expiredEvent({
  row,
  event: { pixel, name, id = '', timestampMs },
  code = '',
  message = '',
}: Entry): ExpiredEvent {
  return { row, pixel, name, id, timestampMs, code, message }
}
