import { ACTION_SOURCES, type ActionSource, APP_EVENTS } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { safeKey } from '../../contract/text.ts'
import { type Candidate, collect, conclude } from '../candidate.ts'
import { bestClick, clickAmong, clickInUrl, unreadClicks } from '../click.ts'
import type { Draft } from '../draft.ts'
import { callName } from '../mapping/mapping.ts'
import type { Scope } from '../mapping/path.ts'
import { MAX_NOTES, type Note } from '../notes.ts'
import { pageOf, placeOf } from '../page.ts'
import { firstMeaning, firstText, objectOf, text } from '../read.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Remembered, Source, SourceCall, SourceEvent } from '../source.ts'
import { isStated, isUnread, looksLike } from '../unused.ts'
import { wishIn } from '../wish.ts'
import { isDenied } from './consent.ts'
import { dataOf } from './data.ts'
import { endedBy, PAGE, type TrackedEvent, trackedEvent } from './events.ts'
import { FIELDS, type Purpose, READ, valuesFor } from './fields.ts'
import { happenedAt, isForUs, isMobile, limitsAdTracking, type Message, messagesOf } from './message.ts'
import { identifiedUser, peopleOf, personOf } from './person.ts'
import { type SegmentOptions, type SegmentSettings, segmentSettings } from './settings.ts'

export type { SegmentOptions } from './settings.ts'

/**
 * Calls of Segment's and RudderStack's SDKs: track by the e-commerce and SaaS specifications and by the API's own names, page →
 * `page_viewed`, identify → traits to remember. `total`, else `revenue`, `value` or `amount` is the amount. Throws a `ConfigError` for
 * wrong options; the source itself never throws.
 */
export function createSegmentSource(options: SegmentOptions = {}): Source {
  const settings = segmentSettings(options)
  return (call) => collect(messagesOf(call).map((message, index) => outcomeOf(message, placeIn(call, index), settings)))
}

const LEFT_OUT = 'The sender’s "integrations" leave Waybill out.'
const DENIED = 'The call says that consent to advertising was denied.'

const refOf = ({ properties, body }: Message): string | undefined =>
  firstMeaning(...valuesFor(properties, 'order'), body['messageId'])

function placeIn({ payload }: SourceCall, index: number): string {
  const call = objectOf(payload)
  if (Array.isArray(call['batch'])) return `batch[${index}]`
  return 'batch' in call ? 'batch' : ''
}

function outcomeOf(
  message: Message | undefined,
  path: string,
  settings: SegmentSettings,
): SourceEvent | Skip | Remembered {
  if (message === undefined) return malformed(path)
  if (!isForUs(message)) return skip('opted_out', { message: LEFT_OUT, ref: refOf(message) })
  if (isDenied(message.context, settings.consentCategories)) {
    return skip('opted_out', { message: DENIED, ref: refOf(message) })
  }
  if (message.kind === 'identify') return remembered(message, path, settings)
  return conclude(candidateOf(message, path, settings), settings)
}

function remembered(message: Message, path: string, { contract }: SegmentSettings): Remembered | Skip {
  const people = peopleOf(message)
  const under = path === '' ? '' : `${path}.`
  if (people.length === 0) return malformed(`${under}userId`)
  return { index: 0, people, user: identifiedUser(message, contract), ...wishOf(message) }
}

/** The mapping knows a track call by its event, any other by its kind. */
function candidateOf(message: Message, path: string, settings: SegmentSettings): Candidate {
  const { kind, body, properties } = message
  const event = text(body['event']) ?? ''
  const tracked = kind === 'track' ? trackedEvent(event) : kind === 'page' ? PAGE : undefined
  const orderId = firstMeaning(...valuesFor(properties, 'order'))
  const scope: Scope = { payload: body, names: { order_id: orderId, shop: settings.name } }
  const under = path === '' ? '' : `${path}.`
  const ended = kind === 'track' && !settings.mapping.has(callName(event)) ? endedBy(event) : undefined
  const draft = draftOf(message, tracked, scope, settings)
  return {
    name: kind === 'track' ? event : kind,
    scope,
    draft,
    barred: ended && skip(ended, { ref: refOf(message) }),
    paths: { id: `${under}messageId`, timestamp: `${under}timestamp` },
    keys: [
      ...valuesFor(properties, 'order', 'checkout', 'cart', 'subscription', 'lead'),
      body['anonymousId'],
      body['userId'],
    ],
    people: peopleOf(message),
    // A repeated message has the same id and may have another time: each sending corrects the clock anew.
    repeats: 'first_wins',
    shop: settings.name,
    notes: tracked === undefined ? [] : notesOf(message, tracked, draft, `${under}properties.`),
  }
}

function draftOf(message: Message, tracked: TrackedEvent | undefined, scope: Scope, settings: SegmentSettings): Draft {
  const { properties } = message
  return {
    id: idOf(message, tracked, scope, settings),
    type: tracked?.type,
    timestamp: happenedAt(message),
    oppref: clickOf(message),
    user: personOf(message, settings.contract),
    ...wishOf(message),
    ...whereOf(message, tracked, settings),
    ...dataOf(properties, tracked, settings),
  }
}

function wishOf(message: Message): Pick<Remembered, 'optOut'> {
  const { body, context, properties } = message
  if (limitsAdTracking(message)) return { optOut: true }
  return wishIn(properties, context, body, ...[body['options'], context['traits'], body['traits']].map(objectOf))
}

function idOf(
  { body, properties }: Message,
  tracked: TrackedEvent | undefined,
  scope: Scope,
  { orderId }: SegmentSettings,
): string | undefined {
  const isOrder = tracked?.type === 'order_created'
  const keys = isOrder ? [orderId.of(scope)] : valuesFor(properties, ...(tracked?.ids ?? []))
  return firstMeaning(...keys, ...valuesFor(properties, 'event'), body['messageId'])
}

/** The click reference where a program put it, else in the address of the page, else among the traits. */
function clickOf({ body, context, properties }: Message): string | undefined {
  const page = objectOf(context['page'])
  const given = clickAmong([...Object.entries(properties), ...Object.entries(context)])
  const landed = [page['search'], page['url'], properties['url']].map(clickInUrl)
  // Traits are kept by SDKs for as long as the person is: what a page has is newer.
  return bestClick(
    given,
    ...landed,
    clickAmong([context['traits'], body['traits']].flatMap((traits) => Object.entries(objectOf(traits)))),
  )
}

function whereOf(message: Message, tracked: TrackedEvent | undefined, { place }: SegmentSettings): Draft {
  const { context, properties } = message
  const pages = valuesFor(properties, 'sourceUrl').concat(
    tracked === PAGE ? properties['url'] : undefined,
    objectOf(context['page'])['url'],
  )
  const own = APP_EVENTS.has(tracked?.type) ? 'mobile_app' : actionSourceIn(properties)
  const actionSource = place.actionSource ?? own ?? (isMobile(message) ? 'mobile_app' : undefined)
  const where = placeOf({ ...place, actionSource }, ...pages.map(pageOf))
  // Without a page the API refuses the web; what is not known is left out.
  return where.actionSource === 'web' && where.sourceUrl === undefined ? {} : where
}

function actionSourceIn(properties: PlainObject): ActionSource | undefined {
  const given = firstText(...valuesFor(properties, 'actionSource'))
    ?.trim()
    .toLowerCase()
  return ACTION_SOURCES.find((known) => known === given)
}

const ORDER: readonly Purpose[] = ['order']

/** What speaks of money, an id, items or a place, and had no effect on the event. */
function notesOf({ body, properties }: Message, tracked: TrackedEvent, draft: Draft, under: string): readonly Note[] {
  const found = looksLike(properties, READ)
  const ids = tracked.type === 'order_created' ? ORDER : tracked.ids
  const unread = (purposes: readonly Purpose[]): string[] =>
    purposes.flatMap((purpose) => FIELDS[purpose]).filter((key) => isUnread(properties[key]))
  const isNamedByMessage = draft.id === text(body['messageId'])
  const isOther = (key: string): boolean => (text(properties[key])?.trim().toLowerCase() ?? '') !== draft.actionSource
  const keys = [
    ...(draft.data?.amount === undefined && !hasPricedItem(draft) ? found.amount : []),
    ...(isNamedByMessage ? [...unread(ids), ...found.id] : []),
    ...(draft.data?.contents === undefined
      ? [
          ...FIELDS.items.filter((key) => isStated(properties[key])),
          ...(tracked.items === undefined ? [] : found.items),
        ]
      : []),
    ...FIELDS.actionSource.filter((key) => isStated(properties[key]) && isOther(key)),
    ...FIELDS.sourceUrl.filter((key) => isStated(properties[key]) && pageOf(properties[key]) === undefined),
    ...unreadClicks(Object.entries(properties)),
  ]
  return keys.slice(0, MAX_NOTES).map((key) => ({ code: 'unused_field', path: under + safeKey(key) }))
}

const hasPricedItem = ({ data }: Draft): boolean => data?.contents?.some(({ amount }) => amount !== undefined) === true
