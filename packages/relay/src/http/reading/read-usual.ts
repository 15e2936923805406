import { MAX_EVENTS_PER_REQUEST } from 'waybill'
import { judgeEvents } from '../../engine/accept.ts'
import type { NewEvent } from '../../store/index.ts'
import { readJson } from '../json.ts'
import { INTEGRATION_SOURCE } from '../source-name.ts'
import type { ReadingJob } from './job.ts'

/**
 * The events of a body that is a request like nearly all: read and judged. `undefined` for every other one, which whoever has the
 * words for it reads again: this is the short way, not a second opinion.
 */
export function readUsual({ bytes, ...rules }: ReadingJob, nowMs: number): NewEvent[] | undefined {
  const read = readJson(bytes)
  if (!read.ok) return undefined
  const events = usualEvents(read.value)
  return events && judgeEvents({ ...rules, events, texts: read.texts, lostNumbers: read.lostNumbers }, nowMs)
}

function usualEvents(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { events, validate_only, integration_source, ...others } = value as Readonly<Record<string, unknown>>
  if (Object.keys(others).length > 0 || !Array.isArray(events) || events.length > MAX_EVENTS_PER_REQUEST)
    return undefined
  if (validate_only !== undefined && validate_only !== false) return undefined
  const isNamed = typeof integration_source === 'string' && INTEGRATION_SOURCE.test(integration_source)
  return integration_source === undefined || isNamed ? events : undefined
}
