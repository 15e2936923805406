import { isObject, type PlainObject } from '../../contract/plain.ts'
import { collect, conclude } from '../candidate.ts'
import { text } from '../read.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent } from '../source.ts'
import { dealCandidate, noticeCandidate } from './deal.ts'
import { type HubspotOptions, type HubspotSettings, hubspotSettings } from './settings.ts'

export { type HubspotRequest, verifyHubspot } from '../signature/hubspot.ts'
export type { HubspotOptions } from './settings.ts'

/**
 * HubSpot's deals by stage: notices of webhook subscriptions (`deal.propertyChange` of `dealstage`), and the deal itself from a
 * workflow's webhook action. Throws a `ConfigError` for wrong options; the source itself never throws.
 */
export function createHubspotSource(options: HubspotOptions): Source {
  const settings = hubspotSettings(options)
  return (call) => {
    const list: readonly unknown[] = Array.isArray(call.payload) ? call.payload : [call.payload]
    return collect(
      list.map((payload, index) => outcomeOf(payload, Array.isArray(call.payload) ? `[${index}]` : '', call, settings)),
    )
  }
}

/** A call from the parsed body. */
export function hubspotCall(payload: unknown, receivedAtMs?: number): SourceCall {
  return { payload, receivedAtMs }
}

function outcomeOf(payload: unknown, path: string, call: SourceCall, settings: HubspotSettings): SourceEvent | Skip {
  if (!isObject(payload)) return malformed(path)
  const isNotice = 'subscriptionType' in payload
  if (isNotice && isSample(payload) && !settings.sendTests) return skip('test_order', { message: SAMPLE })
  return conclude(
    isNotice ? noticeCandidate(payload, call, settings) : dealCandidate(payload, call, settings),
    settings,
  )
}

const SAMPLE = 'It is a test notification of HubSpot.'

/** What the button "Test" of a webhook subscription sends: an event and an object of these numbers, and no deal. */
const isSample = ({ eventId, objectId }: PlainObject): boolean => text(eventId) === '100' && text(objectId) === '123'
