import { isObject, type PlainObject } from '../../contract/plain.ts'
import { firstAmount, priced, statedCurrency } from '../amount.ts'
import type { Candidate } from '../candidate.ts'
import { clickAmong } from '../click.ts'
import { callName } from '../mapping/mapping.ts'
import { placeOf } from '../page.ts'
import { userOf } from '../person.ts'
import { firstText, objectOf, text } from '../read.ts'
import { skip } from '../skip.ts'
import type { SourceCall } from '../source.ts'
import { momentOf } from '../time.ts'
import type { HubspotSettings } from './settings.ts'

/** Object types of deals in generic subscriptions: HubSpot's number for them, or the name. */
const DEAL_TYPES: ReadonlySet<unknown> = new Set(['0-3', 'deal', 'DEAL'])

/** One notice of a webhook subscription: which deal came to which stage, and when. It knows nothing else of the deal. */
export function noticeCandidate(notice: PlainObject, call: SourceCall, settings: HubspotSettings): Candidate {
  const type = notice['subscriptionType']
  const isDeal =
    type === 'deal.propertyChange' || (type === 'object.propertyChange' && DEAL_TYPES.has(notice['objectTypeId']))
  const isStage = isDeal && notice['propertyName'] === 'dealstage'
  const stage = isStage ? (text(notice['propertyValue']) ?? '') : (text(type) ?? '')
  const scope = { payload: notice, names: { deal_id: text(notice['objectId']), shop: portalOf(notice, settings) } }
  return {
    ...stageOf(stage, isStage, settings),
    scope,
    draft: {
      id: settings.dealId.of(scope),
      type: isStage ? settings.stages.get(callName(stage)) : undefined,
      timestamp: momentOf(notice['occurredAt']),
      ...placeOf(settings.place),
      data: {},
    },
    paths: { id: settings.dealId.path ?? 'objectId', timestamp: 'occurredAt' },
    keys: [scope.names.deal_id],
    shop: scope.names.shop,
    touch: { receivedAtMs: call.receivedAtMs, vendorMs: undefined },
  }
}

/** A whole deal, as a workflow's webhook action sends it: of the CRM API, of the older deals API, or with the fields chosen there. */
export function dealCandidate(deal: PlainObject, call: SourceCall, settings: HubspotSettings): Candidate {
  const property = (name: string): unknown => propertyOf(deal, name)
  const stage = text(property('dealstage')) ?? ''
  const scope = { payload: deal, names: { deal_id: idOfDeal(deal), shop: portalOf(deal, settings) } }
  const isGone = deal['isDeleted'] === true || deal['archived'] === true
  const currency = statedCurrency(property('deal_currency_code')) ?? settings.currency
  const amount = firstAmount([property('amount')])
  return {
    ...stageOf(stage, true, settings),
    scope,
    draft: {
      id: settings.dealId.of(scope),
      type: settings.stages.get(callName(stage)),
      timestamp: enteredAt(deal, stage) ?? call.receivedAtMs,
      oppref: clickAmong(['oppref', '_oppref'].map((name) => [name, property(name)] as const)),
      user: userOf({ email: property('email'), phone: property('phone') }, settings.contract),
      ...placeOf(settings.place),
      data: amount === undefined ? {} : priced(amount, currency),
    },
    ...(isGone ? { barred: skip('cancelled', { message: 'The deal was deleted.', ref: scope.names.deal_id }) } : {}),
    paths: { id: settings.dealId.path ?? 'id', timestamp: 'properties.dealstage' },
    keys: [scope.names.deal_id],
    shop: scope.names.shop,
    touch: { receivedAtMs: call.receivedAtMs, vendorMs: undefined },
  }
}

/** The account of HubSpot that it is of. */
const portalOf = (object: PlainObject, { name }: HubspotSettings): string | undefined =>
  text(object['portalId']) ?? name

/** What the account calls it. Reaching a stage again, or hearing of it twice, is no second conversion. */
function stageOf(
  stage: string,
  isStage: boolean,
  { stages, mapping }: HubspotSettings,
): Pick<Candidate, 'name' | 'repeats' | 'barred'> {
  const isKnown = !isStage || stages.has(callName(stage)) || mapping.has(callName(stage))
  const barred = isKnown ? {} : { barred: skip('no_conversion', { message: OTHER_STAGE }) }
  return { name: stage, repeats: 'first_wins', ...barred }
}

const OTHER_STAGE =
  'The deal is in a stage that the option stages does not name. It goes by the internal name, which may be a number.'

const idOfDeal = (deal: PlainObject): string | undefined =>
  firstText(deal['dealId'], deal['id'], deal['objectId'], propertyOf(deal, 'hs_object_id'))

/** A property: the older API has an object with its value and time, the newer one the value, a chosen body has it at the top. */
function propertyOf(deal: PlainObject, name: string): unknown {
  const value = objectOf(deal['properties'])[name] ?? deal[name]
  return isObject(value) ? value['value'] : value
}

/** When the deal came to its stage, where the deal says so. */
function enteredAt(deal: PlainObject, stage: string): string | number | undefined {
  const { timestamp } = objectOf(objectOf(deal['properties'])['dealstage'])
  const dated = ['hs_v2_date_entered_', 'hs_date_entered_'].map((prefix) => propertyOf(deal, prefix + stage))
  return momentOf(firstText(timestamp, ...dated))
}
