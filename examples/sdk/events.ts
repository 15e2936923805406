/** Examples of docs/sdk.md: what an event is made of. Each region is one example; a test runs them and the compiler judges them. */
import assert from 'node:assert/strict'
import {
  type CommonFields,
  type CustomData,
  type CustomerActionData,
  check,
  type EventForm,
  type EventInput,
  type FreeKeys,
  type FriendlyAmount,
  type FriendlyData,
  type FriendlyDataByName,
  type FriendlyEvent,
  type FriendlyEventOf,
  type FriendlyItem,
  type FriendlyUser,
  type FriendlyUser06,
  type FriendlyUser11,
  type FromAnApp,
  type FromElsewhere,
  type FromTheWeb,
  type InCurrency,
  type InMoney,
  type ItemAlone,
  type ItemFields,
  type JsonEvent,
  type LooseEvent,
  money,
  type Named,
  type NamedByYou,
  type OneOrMany,
  type PlanData,
  type PricedItem,
  type PurchaseData,
  type Shaped,
  type WhenDeclared,
  type WithItems,
  type WithItemsAlone,
  type WithoutAmount,
  type WithPlan,
} from 'waybill'

const now = Date.parse('2026-03-19T04:00:00Z')

// #region FriendlyEvent, CommonFields, FriendlyEventOf, Named, FromTheWeb, FriendlyDataByName
{
  const common: CommonFields = { id: 'order_1', timestamp: new Date(now), oppref: 'AbC' }
  const named: Named<'order_created'> = { type: 'order_created' }
  const web: FromTheWeb = { actionSource: 'web', sourceUrl: 'https://shop.example.com/done' }
  const data: FriendlyDataByName['order_created'] = { amount: '25.99', currency: 'USD' }
  const order: FriendlyEventOf<'order_created'> = { ...common, ...named, ...web, data }
  const event: FriendlyEvent = order // any of the 13
  assert.ok(check(event, { now }).ok)
}
// #endregion

// #region FromAnApp, FromElsewhere
{
  const app: FromAnApp = { actionSource: 'mobile_app' }
  const shop: FromElsewhere = { actionSource: 'physical_store' } // needs no sourceUrl
  const opened: FriendlyEvent = { id: 'open_1', type: 'app_opened', timestamp: now, ...app }
  const bought: FriendlyEvent = { id: 'order_2', type: 'order_created', timestamp: now, ...shop }
  assert.ok(check(opened, { now }).ok && check(bought, { now }).ok)
}
// #endregion

// #region CustomData, NamedByYou, FreeKeys
{
  const name: NamedByYou = { customEventName: 'plan_compared' }
  const own: FreeKeys = { seats: 3, plans: ['pro', 'team'] } // for the server alone
  const data: CustomData = { amount: '1.00', currency: 'USD', ...own }
  const event: FriendlyEvent = { id: 'compared_1', type: 'custom', timestamp: now, ...name, data }
  assert.ok(check(event, { now }).ok)
}
// #endregion

// #region PurchaseData, WithItems, FriendlyItem, ItemFields, PricedItem, ItemAlone, WithItemsAlone
{
  const fields: ItemFields = { id: 'sku_123', name: 'Starter bundle', quantity: 2, groupId: 'bundles' }
  const item: FriendlyItem = { ...fields, amount: '12.50' } // in the currency of the order
  const items: WithItems = { contents: [item] }
  const order: PurchaseData = { amount: '25.00', currency: 'EUR', ...items }
  assert.ok(check({ id: 'order_3', type: 'order_created', timestamp: now, data: order }, { now }).ok)

  // An event without an amount: each item says its own currency.
  const priced: PricedItem = { ...fields, amount: '12.50', currency: 'EUR' }
  const alone: ItemAlone = { ...fields, amount: money('12.50', 'EUR') }
  const viewed: WithItemsAlone = { contents: [priced, alone] }
  assert.ok(check({ id: 'view_1', type: 'contents_viewed', timestamp: now, data: viewed }, { now }).ok)
}
// #endregion

// #region FriendlyAmount, InCurrency, InMoney, WithoutAmount
{
  const amount: FriendlyAmount = '25.99' // or what `money` gives; never a number
  const inCurrency: InCurrency = { amount, currency: 'USD' }
  const inMoney: InMoney = { amount: money('25.99', 'USD') }
  const without: WithoutAmount = {}
  const wire = [inCurrency, inMoney, without].map((data) => {
    const result = check({ id: 'order_4', type: 'order_created', timestamp: now, data }, { now })
    return result.ok ? result.event.data.amount : result.issues
  })
  assert.deepEqual(wire, [2599, 2599, undefined])
}
// #endregion

// #region CustomerActionData, PlanData, WithPlan, Shaped
{
  const lead: CustomerActionData = {}
  const shape: Shaped<'plan_enrollment'> = { type: 'plan_enrollment' } // may be left out: the name says it
  const plan: WithPlan = { planId: 'pro_yearly' }
  const subscription: PlanData = { ...shape, ...plan, amount: '99.00', currency: 'USD' }
  assert.ok(check({ id: 'lead_1', type: 'lead_created', timestamp: now, data: lead }, { now }).ok)
  assert.ok(check({ id: 'sub_1', type: 'subscription_created', timestamp: now, data: subscription }, { now }).ok)
}
// #endregion

// #region FriendlyUser, FriendlyUser06, FriendlyUser11, OneOrMany
{
  const addresses: OneOrMany = ['user@example.com', 'user@example.org']
  const older: FriendlyUser06 = { email: 'user@example.com', country: 'DE', ipAddress: '203.0.113.1' }
  const newer: FriendlyUser11 = { email: addresses, phone: '+49 30 901820', firstName: 'Jo' }
  const user: FriendlyUser<'2026-11'> = newer
  const lead = { id: 'lead_2', type: 'lead_created', timestamp: now } as const
  assert.ok(check({ ...lead, user: older }, { now }).ok)
  assert.ok(check({ ...lead, user }, { now, contract: '2026-11' }).ok)
}
// #endregion

// #region LooseEvent, JsonEvent, EventInput, FriendlyData, EventForm, WhenDeclared
{
  // For what only the run knows: from a form, a queue, a file. `check` judges it then.
  const fromJson: JsonEvent = JSON.parse('{ "id": "order_5", "type": "order_created", "timestamp_ms": 1, "data": {} }')
  const data: FriendlyData = { amount: '25.99', currency: 'USD' }
  const loose: LooseEvent = { id: 'order_6', type: 'order_created', timestamp: now, data }
  const inputs: readonly EventInput[] = [fromJson, loose]
  assert.deepEqual(
    inputs.map((event) => check(event, { now }).ok),
    [false, true],
  )

  // `send` takes any object whose type is declared with one of ours, and with this it tells them from a typing error.
  const form: EventForm = loose
  const options: WhenDeclared<LooseEvent, { validateOnly: boolean }> = [{ validateOnly: true }]
  assert.deepEqual([form, options.length], [loose, 1])
}
// #endregion
