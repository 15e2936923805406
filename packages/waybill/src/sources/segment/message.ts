import { isObject, type PlainObject } from '../../contract/plain.ts'
import { isGiven } from '../consent.ts'
import { firstText, objectOf, text } from '../read.ts'
import type { SourceCall } from '../source.ts'
import { byOurClock, millisecondsOf, momentOf } from '../time.ts'

/** One message of a tracking call. */
export interface Message {
  /** `track`, `identify`, `page` and so on. */
  readonly kind: string
  readonly body: PlainObject
  readonly context: PlainObject
  readonly properties: PlainObject
  readonly sentAt: unknown
  readonly receivedAtMs: number | undefined
}

/** The messages of a call: those of its batch, or itself. What is no object stays as it is. */
export function messagesOf({ payload, topic, receivedAtMs }: SourceCall): readonly (Message | undefined)[] {
  const call = objectOf(payload)
  const isBatch = Array.isArray(call['batch'])
  const bodies: readonly unknown[] = isBatch
    ? (call['batch'] as readonly unknown[])
    : ['batch' in call ? undefined : payload]
  return bodies.map((body) => {
    if (!isObject(body)) return undefined
    return {
      kind: firstText(body['type'], isBatch ? undefined : topic) ?? '',
      body,
      context: { ...objectOf(call['context']), ...objectOf(body['context']) },
      properties: objectOf(body['properties']),
      sentAt: body['sentAt'] ?? call['sentAt'],
      receivedAtMs,
    }
  })
}

/**
 * When it happened. `timestamp` beside `originalTimestamp` was corrected by whoever passed the call on. Else the sender's clock is
 * corrected by ours where it is off; a time that cannot be read stays, to be refused in words.
 */
export function happenedAt({ body, sentAt, receivedAtMs }: Message): string | number | undefined {
  const [claimed, original] = [momentOf(body['timestamp']), momentOf(body['originalTimestamp'])]
  if (claimed !== undefined && original !== undefined) return claimed
  const moment = claimed ?? original ?? momentOf(sentAt)
  if (moment === undefined) return receivedAtMs
  const claimedMs = millisecondsOf(moment)
  if (claimedMs === undefined || receivedAtMs === undefined) return moment
  return byOurClock(claimedMs, millisecondsOf(momentOf(sentAt)), receivedAtMs)
}

/** What a sender says of destinations: `All` for every one, and ours by its name. */
export function isForUs({ body }: Message): boolean {
  const integrations = objectOf(body['integrations'])
  const ours = Object.entries(integrations).find(([name]) => name.toLowerCase() === 'waybill')?.[1]
  return ours === undefined ? integrations['All'] !== false && integrations['all'] !== false : ours !== false
}

/** Apple's numbers of an answer, and its words for them. */
const NO_TO_TRACKING: ReadonlySet<string> = new Set(['1', '2', 'restricted', 'denied'])

/** What a device says of advertising: the setting of its system, or the answer to Apple's question. */
export function limitsAdTracking({ context }: Message): boolean {
  const { adTrackingEnabled: isEnabled, attTrackingStatus: answer } = objectOf(context['device'])
  return !isGiven(isEnabled) || NO_TO_TRACKING.has(String(answer).trim().toLowerCase())
}

/** True for a message of an app on a phone, where there is no page. */
export function isMobile({ body, context }: Message): boolean {
  const device = text(objectOf(context['device'])['type'])?.toLowerCase()
  return device === 'ios' || device === 'android' || body['channel'] === 'mobile'
}
