/** Events of either generation, half of them mutated several times over, drawn from a seed. */
import type { Contract } from 'waybill/contract'

/** The moment that they are judged at. */
export const NOW = 1_773_892_860_000
const DAY_MS = 24 * 60 * 60 * 1_000

type Tree = Record<string, unknown>

/** Mulberry32: the same seed, the same events. */
export class Draw {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  contents: ['page_viewed', 'contents_viewed', 'items_added', 'checkout_started', 'order_created'],
  customer_action: ['lead_created', 'registration_completed', 'appointment_scheduled', 'app_installed', 'app_opened'],
  plan_enrollment: ['subscription_created', 'trial_started'],
  custom: ['custom'],
}
const NAMES = Object.values(SHAPES).flat()
const SOURCES = ['web', 'mobile_app', 'offline', 'physical_store', 'phone_call', 'email', 'other']
const HASH = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const ASTRAL = '😀'

/** Stands for a number too large for JSON's readers; replaced in the text. */
const HUGE = '@huge'

/** Key → values worth trying, good and bad, at the limits from both sides. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  id: ['order_1', '', ' ', ASTRAL, 'sku_1', '0'],
  type: [...NAMES, 'Order_Created', 'purchase', '', 'constructor', '__proto__', 'toString', ...Object.keys(SHAPES)],
  timestamp_ms: [
    NOW,
    NOW - 7 * DAY_MS,
    NOW - 7 * DAY_MS - 1,
    NOW - 7 * DAY_MS + 1,
    NOW + 600_000,
    NOW + 600_001,
    NOW + 599_999,
    NOW / 1_000,
    Math.trunc(NOW / 1_000),
    NOW * 1_000,
    NOW * 1_000_000,
    NOW + 0.5,
    String(NOW),
    0,
    -1,
    HUGE,
  ],
  data: [{}, { type: 'custom' }, { type: 'contents' }, [], 'contents'],
  custom_event_name: [
    'quote_requested',
    'a',
    'a'.repeat(63),
    'a'.repeat(64),
    'a'.repeat(65),
    'Quote-Requested',
    'quote requested',
    '_a',
    'a_',
    'a-',
    'order_created',
    'Order_Created',
    'custom',
    'CUSTOM',
    '',
    'é',
    '\u212Aelvin',
    'a\n',
    ASTRAL,
  ],
  source_url: [
    'https://shop.example.com/checkout',
    'HTTP://SHOP.EXAMPLE.COM',
    'https://shop.example.com?q=1#f',
    'https://[::1]:8080/a',
    'https://user:pass@shop.example.com/',
    'https://xn--mnchen-3ya.de/',
    'https://XN--a.example/',
    'https://münchen.de/ü',
    'https://1.2.3.4/',
    'https://1.2.3.999/',
    'https://a:99999/',
    'https://%41.example/',
    'https://a b.example/',
    'https://a.example/b c',
    'https://a.example\\b',
    'https:///path',
    'https://',
    'http:/a.example',
    '//shop.example.com',
    '/checkout',
    'shop.example.com',
    'ftp://shop.example.com',
    'javascript:alert(1)',
    'https://a.example/\u0000',
    'https://a.example/\u00a0',
    'https://a.example/\u0085',
    ' https://a.example/',
    '',
  ],
  action_source: [...SOURCES, 'Web', 'app', '', 'constructor', '__proto__', 'hasOwnProperty'],
  oppref: ['oppref_abc', '', ' '],
  user: [{}, [], 'user'],
  opt_out: [true, false, 'true', 0],
  amount: [0, 1, -1, 2599, 25.99, 2 ** 53, 1e21, HUGE, '2599', '25.99'],
  currency: ['USD', 'usd', 'Jpy', 'XXX', 'XAU', 'ABC', 'US', 'USDD', '', 'u\u017Fd', '\u0131dr', 'BGN', 'HRK', '€'],
  plan_id: ['plan_1', ''],
  contents: [[], [{}], [{ id: 'sku_1', amount: 1 }], [null], [[]], [{ currency: 'EUR', amount: 5 }], {}],
  name: ['Starter bundle', ''],
  content_type: ['product', '', ' '],
  quantity: [1, 0, -1, 1.5, '1', 2 ** 60],
  group_id: ['group_1', ''],
  variant_dict: [{}, { color: 'red' }, { color: 1 }, { color: null }, []],
  email_sha256: [HASH, HASH.toUpperCase(), HASH.slice(1), `${HASH}0`, '', 'user@example.com', `${HASH.slice(1)}g`],
  external_id_sha256: [HASH, `${HASH}0`, ''],
  country: ['US', 'us', 'UK', 'USA', 'XX', '', 'GB'],
  city: ['San Francisco', '', 'x'.repeat(128), 'x'.repeat(129), ASTRAL.repeat(128), ASTRAL.repeat(129)],
  zip_code: ['94107', '', 'SW1A 1AA', '9'.repeat(32), '9'.repeat(33), '94107-1234', '94107_1', 'é', '9\n', '９'],
  ip_address: [
    '203.0.113.1',
    '2001:db8::1',
    '::',
    '::ffff:203.0.113.1',
    '::ffff:203.0.113.01',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '1:2:3:4::5:6:7:8',
    '1:2:3:4:5:6:7',
    '12345::',
    'fe80::1%eth0',
    '203.0.113.256',
    '203.0.113.01',
    '203.0.113',
    '203.0.113.1:80',
    ' 203.0.113.1',
    '203.0.113.1, 203.0.113.2',
    '[::1]',
    '',
  ],
  user_agent: ['Mozilla/5.0', '', ' '],
  obref: ['obref_1', '', ' ', '\u00a0', ' x'],
  android_advertising_id: ['38400000-8cf0-11bd-b23e-10b96e40000d', ''],
}
const LIST_OF: Readonly<Record<string, string>> = {
  emails_sha256: 'email_sha256',
  external_ids_sha256: 'email_sha256',
  phone_numbers_sha256: 'email_sha256',
  first_names_sha256: 'email_sha256',
  last_names_sha256: 'email_sha256',
  countries: 'country',
  cities: 'city',
  regions: 'city',
  postal_codes: 'zip_code',
}
const ANYTHING = [null, true, false, 0, 1, -1, 1.5, '', ' ', 'text', [], {}, [null], { a: 1 }, ['x'], HUGE]
const STRANGE_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'event_id',
  'event_name',
  'eventName',
  'value',
  'email',
  'phone',
  'phone_number_sha256',
  'actionSource',
  'timestamp',
  'ID',
  '',
  ' ',
]
const KNOWN_KEYS = [...Object.keys(VALUES), ...Object.keys(LIST_OF)]
const USER_KEYS: Readonly<Record<Contract, readonly string[]>> = {
  '2026-06': ['email_sha256', 'external_id_sha256', 'country', 'city', 'zip_code', 'ip_address', 'user_agent', 'obref'],
  '2026-11': [...Object.keys(LIST_OF), 'ip_address', 'user_agent', 'obref', 'android_advertising_id'],
}

/** A copy, so that no mutation changes the tables above and with them the events that follow. */
const fresh = <T>(value: T): T => (typeof value === 'object' && value !== null ? structuredClone(value) : value)

/** The first value of each row is a good one. */
const good = (key: string): unknown => (LIST_OF[key] ? [VALUES[LIST_OF[key]]![0]] : fresh(VALUES[key]![0]))

function valueFor(key: string, draw: Draw): unknown {
  const list = Object.hasOwn(LIST_OF, key) ? LIST_OF[key] : undefined
  if (list)
    return Array.from({ length: draw.below(5) }, () => fresh(draw.pick(draw.chance(0.1) ? ANYTHING : VALUES[list]!)))
  return fresh(draw.pick(Object.hasOwn(VALUES, key) ? VALUES[key]! : ANYTHING))
}

function fill(target: Tree, keys: readonly string[], share: number, draw: Draw): Tree {
  for (const key of keys) if (draw.chance(share)) target[key] = good(key)
  return target
}

/** An event that both must take. */
function validEvent(contract: Contract, draw: Draw): Tree {
  const shape = draw.pick(Object.keys(SHAPES))
  const type = draw.pick(SHAPES[shape]!)
  const event: Tree = {
    id: 'order_1',
    type,
    timestamp_ms: NOW - draw.below(7 * DAY_MS),
    data: dataOf(shape, draw),
  }
  if (type === 'custom') event['custom_event_name'] = 'quote_requested'
  if (type.startsWith('app_')) event['action_source'] = 'mobile_app'
  else if (draw.chance(0.6)) event['action_source'] = draw.pick(SOURCES)
  if (event['action_source'] === 'web' || draw.chance(0.3)) event['source_url'] = good('source_url')
  if (draw.chance(0.6)) event['user'] = fill({}, USER_KEYS[contract], 0.4, draw)
  return fill(event, ['oppref', 'opt_out'], 0.3, draw)
}

function dataOf(shape: string, draw: Draw): Tree {
  const data: Tree = { type: shape }
  if (draw.chance(0.6)) fill(data, ['amount', 'currency'], 1, draw)
  if (shape === 'plan_enrollment' || shape === 'custom') fill(data, ['plan_id'], 0.5, draw)
  if (shape !== 'customer_action' && draw.chance(0.6)) {
    data['contents'] = Array.from({ length: draw.below(4) }, () => {
      const item = fill({}, ['id', 'name', 'content_type', 'quantity', 'group_id', 'variant_dict'], 0.5, draw)
      return draw.chance(0.4) ? fill(item, ['amount', 'currency'], 1, draw) : item
    })
  }
  if (shape === 'custom' && draw.chance(0.5)) setOwn(data, draw.pick(STRANGE_KEYS), fresh(draw.pick(ANYTHING)))
  return data
}

/** Assigning to the key `__proto__` would set the prototype. */
function setOwn(object: Tree, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The event and the objects inside it. */
function objectsOf(value: unknown): Tree[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf)
  return isTree(value) ? [value, ...Object.values(value).flatMap(objectsOf)] : []
}

type Mutation = (object: Tree, key: string, draw: Draw) => void

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  drop: (object, key) => {
    delete object[key]
  },
  add: (object, _key, draw) => {
    const key = draw.pick(draw.chance(0.5) ? STRANGE_KEYS : KNOWN_KEYS)
    setOwn(object, key, valueFor(key, draw))
  },
  rename: (object, key, draw) => {
    const value = object[key]
    delete object[key]
    const spelled = [key.toUpperCase(), key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), `${key}s`]
    setOwn(object, draw.pick([...spelled, draw.pick(STRANGE_KEYS), draw.pick(KNOWN_KEYS)]), value)
  },
  retype: (object, key, draw) => setOwn(object, key, fresh(draw.pick(ANYTHING))),
  empty: (object, key) => {
    const value = object[key]
    setOwn(object, key, Array.isArray(value) ? [] : isTree(value) ? {} : '')
  },
  limit: (object, key, draw) => setOwn(object, key, valueFor(key, draw)),
}

function mutate(event: Tree, draw: Draw): void {
  const object = draw.pick(objectsOf(event))
  const keys = Object.keys(object)
  const kind = keys.length === 0 ? 'add' : draw.pick([...Object.keys(MUTATIONS), 'limit', 'limit', 'limit'])
  MUTATIONS[kind]!(object, keys.length === 0 ? '' : draw.pick(keys), draw)
}

/** The text of an event in wire form: `timestamp` alone would mark the friendly form, which the API does not know. */
export function eventText(contract: Contract, draw: Draw): string {
  if (draw.chance(0.002)) return JSON.stringify(draw.pick(ANYTHING)).replaceAll(`"${HUGE}"`, '1e400')
  const event = validEvent(contract, draw)
  const mutations = draw.pick([0, 1, 1, 1, 2, 3])
  for (let count = 0; count < mutations; count++) mutate(event, draw)
  if (!Object.hasOwn(event, 'timestamp_ms')) delete event['timestamp']
  return JSON.stringify(event).replaceAll(`"${HUGE}"`, '1e400')
}
