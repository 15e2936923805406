import { z } from 'zod'
import type { OrderAccount, OrderAccounts } from '../../../store/index.ts'
import { type Answer, jsonAnswer } from '../../answer.ts'
import { type Call, checkedRoute, type Route } from '../../route.ts'
import { given, pixelField } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { pixelsAsked } from '../scope.ts'
import { type MoneyView, moneySchema, orNull, readFields } from './shared.ts'

/** How an order stands with us, the best first: of several accounts of one order the best counts. */
const STANDINGS = ['delivered', 'waiting', 'skipped', 'refused', 'expired', 'discarded', 'unknown'] as const
type Standing = (typeof STANDINGS)[number]

const MOST = 5_000
const PART = 500
const ORDERS = `write a list of 1 to ${MOST.toLocaleString('en-US')} orders`
const compareBody = z.strictObject({
  pixel: pixelField.optional(),
  orders: z
    .array(
      z.strictObject({
        id: z.string().min(1).max(1_024),
        amount: z.number().optional().meta({ description: 'Minor units.' }),
        currency: z.string().max(10).optional(),
      }),
      { error: ORDERS },
    )
    .min(1, { error: ORDERS })
    .max(MOST, { error: ORDERS }),
})
type CompareBody = z.output<typeof compareBody>
type Order = CompareBody['orders'][number]

const standing = z.enum(STANDINGS)
const compareSchema: z.ZodType = z.strictObject({
  ...readFields,
  results: z.array(
    z.strictObject({
      id: z.string(),
      is: standing,
      code: z.string().nullable(),
      amount: z.number().nullable().meta({ description: 'As we have it.' }),
      currency: z.string().nullable(),
      sameAmount: z.boolean().nullable(),
      rows: z.array(z.number()),
    }),
  ),
  totals: z.array(z.strictObject({ is: standing, orders: z.number(), money: moneySchema })),
})

/** `/api/orders/compare`: the shop's own list, by ids and amounts alone. */
export function orderCompareRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'POST',
    path: '/api/orders/compare',
    access: 'viewer',
    summary: "How each of the shop's orders stands with us, and what it comes to. Nothing of the list is kept.",
    body: compareBody,
    answers: { 200: 'Each order, in the order of the list, and totals.', 503: 'It would take too long.' },
    answerBodies: { 200: compareSchema },
    handle: (call) => compare(call, options),
  })
}

interface Result {
  readonly id: string
  readonly is: Standing
  readonly code: string | null
  readonly amount: number | null
  readonly currency: string | null
  readonly sameAmount: boolean | null
  readonly rows: readonly number[]
}

async function compare(
  { body: { pixel, orders }, pixels }: Call<unknown, unknown, CompareBody>,
  { reads, clock }: AdminOptions,
): Promise<Answer> {
  const filter = given({ pixels: pixelsAsked(pixels, pixel) })
  const found = new Map<string, OrderAccounts>()
  let commit = 0
  for (let at = 0; at < orders.length; at += PART) {
    const ids = orders.slice(at, at + PART).map(({ id }) => id)
    const answer = await reads.ask('orders', { ...filter, ids })
    commit = answer.commit
    for (const one of answer.orders) found.set(one.id, one)
  }
  const results = orders.map((order) => resultOf(order, found.get(order.id)?.accounts ?? []))
  return jsonAnswer(200, { commit, atMs: clock.now(), results, totals: totalsOf(orders, results) })
}

function resultOf({ id, amount, currency }: Order, accounts: readonly OrderAccount[]): Result {
  const ranked = accounts.toSorted((one, other) => rank(one) - rank(other))
  const [best] = ranked
  if (best === undefined)
    return { id, is: 'unknown', code: null, amount: null, currency: null, sameAmount: null, rows: [] }
  const isComparable = amount !== undefined && best.amount !== undefined
  return {
    id,
    is: standingOf(best),
    code: orNull(best.code),
    amount: orNull(best.amount),
    currency: orNull(best.currency),
    sameAmount: isComparable ? amount === best.amount && (currency ?? best.currency) === best.currency : null,
    rows: ranked.map(({ row }) => row),
  }
}

function rank(account: OrderAccount): number {
  return STANDINGS.indexOf(standingOf(account))
}

/** What intake discards is no conversion, and was passed over on purpose. */
function standingOf({ state, attempts }: OrderAccount): Standing {
  if (state === 'queued' || state === 'sending' || state === 'held') return 'waiting'
  return state === 'discarded' && attempts === 0 ? 'skipped' : state
}

/** By the shop's amounts, where it gives them. */
function totalsOf(orders: readonly Order[], results: readonly Result[]): object[] {
  return STANDINGS.map((is) => {
    const own = orders.filter((_, at) => results[at]!.is === is)
    return { is, orders: own.length, money: moneyOf(own) }
  }).filter(({ orders: count }) => count > 0)
}

function moneyOf(orders: readonly Order[]): MoneyView[] {
  const sums = new Map<string, number>()
  for (const { amount, currency = '' } of orders)
    if (amount !== undefined) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return [...sums].map(([currency, amount]) => ({ currency, amount })).sort((one, other) => other.amount - one.amount)
}
