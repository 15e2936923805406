import type { PlainObject } from '../../contract/plain.ts'
import { type Candidate, collect, conclude } from '../candidate.ts'
import { clickAmong, clickInUrl } from '../click.ts'
import type { Draft } from '../draft.ts'
import { callName } from '../mapping/mapping.ts'
import type { Scope } from '../mapping/path.ts'
import { pageOf, placeOf } from '../page.ts'
import { firstText, objectOf, text } from '../read.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Remembered, Source, SourceCall, SourceEvent } from '../source.ts'
import { dataOf } from './data.ts'
import { endedBy, type TrackedEvent, trackedEvent } from './events.ts'
import { happenedAt, isForUs, isMobile, type Message, messagesOf } from './message.ts'
import { identifiedUser, peopleOf, personOf } from './person.ts'
import { type SegmentOptions, type SegmentSettings, segmentSettings } from './settings.ts'

export type { SegmentOptions } from './settings.ts'

/**
 * Calls of Segment's and RudderStack's SDKs: track by the e-commerce and SaaS specifications, page → `page_viewed`, identify →
 * traits to remember. `total`, else `revenue`, else `value` is the amount. Throws a `ConfigError` for wrong options; the source
 * itself never throws.
 */
export function createSegmentSource(options: SegmentOptions = {}): Source {
  const settings = segmentSettings(options)
  return (call) => collect(messagesOf(call).map((message, index) => outcomeOf(message, placeIn(call, index), settings)))
}

const LEFT_OUT = 'The sender’s "integrations" leave Waybill out.'

const refOf = ({ properties, body }: Message): string | undefined =>
  firstText(properties['order_id'], body['messageId'])

const placeIn = ({ payload }: SourceCall, index: number): string =>
  Array.isArray(objectOf(payload)['batch']) ? `batch[${index}]` : ''

function outcomeOf(
  message: Message | undefined,
  path: string,
  settings: SegmentSettings,
): SourceEvent | Skip | Remembered {
  if (message === undefined) return malformed(path)
  if (!isForUs(message)) return skip('opted_out', { message: LEFT_OUT, ref: refOf(message) })
  if (message.kind === 'identify') return remembered(message, path, settings)
  return conclude(candidateOf(message, path, settings), settings.mapping)
}

function remembered(message: Message, path: string, { contract }: SegmentSettings): Remembered | Skip {
  const people = peopleOf(message)
  const under = path === '' ? '' : `${path}.`
  if (people.length === 0) return malformed(`${under}userId`)
  return { index: 0, people, user: identifiedUser(message, contract) }
}

/** The mapping knows a track call by its event, any other by its kind. */
function candidateOf(message: Message, path: string, settings: SegmentSettings): Candidate {
  const { kind, body, properties } = message
  const event = text(body['event']) ?? ''
  const name = kind === 'track' ? event : kind
  const tracked = kind === 'track' ? trackedEvent(event) : KINDS.get(kind)
  const scope: Scope = { payload: body, names: { order_id: text(properties['order_id']) } }
  const under = path === '' ? '' : `${path}.`
  const ended = kind === 'track' && !settings.mapping.has(callName(event)) ? endedBy(event) : undefined
  return {
    name,
    scope,
    draft: draftOf(message, tracked, scope, settings),
    barred: ended && skip(ended, { ref: text(properties['order_id']) }),
    paths: { id: `${under}messageId`, timestamp: `${under}timestamp` },
    keys: KEYS.map((key) => properties[key]).concat(body['anonymousId'], body['userId']),
    people: peopleOf(message),
    // A repeated message has the same id and may have another time: each sending corrects the clock anew.
    repeats: 'first_wins',
  }
}

const KINDS: ReadonlyMap<string, TrackedEvent> = new Map([['page', { type: 'page_viewed', ids: [] }]])
const KEYS = ['order_id', 'checkout_id', 'cart_id', 'subscription_id', 'lead_id'] as const

function draftOf(message: Message, tracked: TrackedEvent | undefined, scope: Scope, settings: SegmentSettings): Draft {
  const { context, properties } = message
  return {
    id: idOf(message, tracked, scope, settings),
    type: tracked?.type,
    timestamp: happenedAt(message),
    oppref: clickOf(context, properties),
    user: personOf(message, settings.contract),
    ...whereOf(message, settings),
    data: dataOf(properties, tracked, settings),
  }
}

function idOf(
  { body, properties }: Message,
  tracked: TrackedEvent | undefined,
  scope: Scope,
  { orderId }: SegmentSettings,
): string | undefined {
  const isOrder = tracked?.type === 'order_created'
  const keys = isOrder ? [orderId.of(scope)] : (tracked?.ids ?? []).map((key) => properties[key])
  return firstText(...keys, body['messageId'])
}

/** The click reference where a program put it, else in the address of the page. */
function clickOf(context: PlainObject, properties: PlainObject): string | undefined {
  const page = objectOf(context['page'])
  const given = clickAmong([...Object.entries(properties), ...Object.entries(context)])
  return given ?? clickInUrl(page['search']) ?? clickInUrl(page['url']) ?? clickInUrl(properties['url'])
}

function whereOf(message: Message, { place }: SegmentSettings): Draft {
  const { context, properties, kind } = message
  if (isMobile(message)) return placeOf({ ...place, actionSource: place.actionSource ?? 'mobile_app' })
  const page = objectOf(context['page'])
  return placeOf(place, pageOf(kind === 'page' ? (properties['url'] ?? page['url']) : page['url']))
}
