/**
 * Writes the example files into examples/data, with times relative to now, because the API takes nothing older than
 * seven days. The data is made up; so are the mistakes in it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const DATA_FOLDER: string = fileURLToPath(new URL('./data/', import.meta.url))

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const PRODUCTS = [
  { id: 'sku_101', name: 'Starter bundle', cents: 2599 },
  { id: 'sku_102', name: 'Filter, pack of "3"', cents: 1250 },
  { id: 'sku_103', name: 'Gift card', cents: 5000 },
  { id: 'sku_104', name: 'Mug, blue', cents: 1495 },
] as const

/** Paths of the files that {@link makeExamples} writes. */
export interface Examples {
  readonly orders: string
  readonly leads: string
  readonly subscriptions: string
}

export function makeExamples(nowMs: number, folder: string = DATA_FOLDER): Examples {
  mkdirSync(folder, { recursive: true })
  const files = {
    orders: join(folder, 'orders.csv'),
    leads: join(folder, 'leads.csv'),
    subscriptions: join(folder, 'subscriptions.ndjson'),
  }
  writeFileSync(files.orders, orders(nowMs))
  writeFileSync(files.leads, leads(nowMs))
  writeFileSync(files.subscriptions, subscriptions(nowMs))
  return files
}

const iso = (ms: number): string => new Date(ms).toISOString()
const decimal = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const line = (cells: readonly string[]): string => cells.map(cell).join(',')

/** A shop's export of 300 orders: some with two lines, four with mistakes, one row exported twice. */
function orders(nowMs: number): string {
  const rows = [
    'id,type,timestamp,action_source,source_url,email,country,zip_code,amount,currency,item_id,item_name,quantity,Internal note',
  ]
  for (let number = 1; number <= 300; number++) rows.push(...orderRows(number, nowMs))
  rows.push(rows[10]!)
  return `${rows.join('\n')}\n`
}

function orderRows(number: number, nowMs: number): string[] {
  const first = PRODUCTS[number % PRODUCTS.length]!
  const second = number % 7 === 0 ? PRODUCTS[(number + 1) % PRODUCTS.length]! : undefined
  const total = first.cents + (second?.cents ?? 0)
  const row = (item: (typeof PRODUCTS)[number]): string =>
    line([
      `order_${10_000 + number}`,
      'order_created',
      iso(nowMs - (number === 120 ? 9 * DAY_MS : number * 25 * MINUTE_MS)),
      'web',
      number === 45 ? '' : 'https://shop.example.com/checkout/confirmation',
      `customer${number}@example.com`,
      'US',
      '94107',
      number === 77 ? `$${decimal(total)}` : decimal(total),
      number === 200 ? 'DOLLARS' : 'USD',
      item.id,
      item.name,
      '1',
      number % 50 === 0 ? 'called back' : '',
    ])
  return second === undefined ? [row(first)] : [row(first), row(second)]
}

/**
 * A CRM's export of 60 leads: bare numbers as ids, local times without an offset, no column for the kind of event. The mapping
 * `leads.map.json` says what is missing. Every twelfth was entered more than a week ago, which is too late for the API.
 */
function leads(nowMs: number): string {
  const rows = ['Lead ID,Created at,E-Mail,Phone,Country,Sales rep']
  for (let number = 1; number <= 60; number++) {
    const ageMs = number % 12 === 0 ? 8 * DAY_MS + number * HOUR_MS : number * 2 * HOUR_MS
    const phone = `+49 30 23125 ${100 + number}`
    rows.push(line([`${48_200 + number}`, inBerlin(nowMs - ageMs), `lead${number}@example.com`, phone, 'DE', 'Kim']))
  }
  return `${rows.join('\n')}\n`
}

/** `2026-03-01 12:00:00`: Swedish dates are written the way that databases write them. */
function inBerlin(ms: number): string {
  return new Date(ms).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' })
}

/** Subscriptions as complete events, one a line, as a backend would log them. */
function subscriptions(nowMs: number): string {
  const events = Array.from({ length: 40 }, (_, index) => ({
    id: `sub_${index + 1}`,
    type: index % 4 === 0 ? 'trial_started' : 'subscription_created',
    timestamp: iso(nowMs - index * HOUR_MS),
    actionSource: 'web',
    sourceUrl: 'https://app.example.com/welcome',
    user: { externalId: `Account-${index + 1}`, country: 'GB' },
    data: { planId: index % 2 === 0 ? 'pro_monthly' : 'team_yearly', amount: '19.00', currency: 'GBP' },
  }))
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

if (import.meta.main) {
  const { orders: first } = makeExamples(Date.now())
  process.stdout.write(`Wrote the examples beside ${first}\n`)
}
