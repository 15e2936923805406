/**
 * The canary: an event of ours, sent with `validate_only` and never stored, valued from the specification's examples. Its answer
 * tells whether the API is judging at all, and whether it takes a shape.
 */
import { SHAPE_OF_EVENT } from '../contract/names.ts'

/** Ids of canaries begin so: whoever sees one in a request knows that it is nobody's event. */
export const CANARY_ID_PREFIX = 'waybill_canary_'

export interface CanaryMoment {
  /** Unix milliseconds. */
  readonly timestampMs: number
  /** Makes the id one of its own. */
  readonly number: number
}

const EMAIL = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const EXTERNAL_ID = '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e'
const PHONE = '758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0'
const FIRST_NAME = 'fdee430d40bd57deeac186cd9790033d0f06f909a8806e7ce6e717ab7c7d5029'
const LAST_NAME = '1c43886f1047ed5dfae59c0945ff61475b7df3a912312a6484ce80429df049a1'

const OF_USER: Readonly<Record<string, unknown>> = {
  email_sha256: EMAIL,
  external_id_sha256: EXTERNAL_ID,
  country: 'US',
  city: 'san francisco',
  zip_code: '94107',
  ip_address: '203.0.113.1',
  user_agent: 'Mozilla/5.0',
  obref: 'obref_abc',
  emails_sha256: [EMAIL],
  external_ids_sha256: [EXTERNAL_ID],
  phone_numbers_sha256: [PHONE],
  first_names_sha256: [FIRST_NAME],
  last_names_sha256: [LAST_NAME],
  countries: ['US'],
  cities: ['san francisco'],
  regions: ['california'],
  postal_codes: ['94107'],
  android_advertising_id: '38400000-8cf0-11bd-b23e-10b96e40000d',
}
const OF_ITEM: Readonly<Record<string, unknown>> = {
  id: 'sku_123',
  name: 'Starter bundle',
  content_type: 'product',
  quantity: 1,
  amount: 2_599,
  currency: 'USD',
  group_id: 'group_1',
  variant_dict: { size: 'm' },
}
const OF_DATA: Readonly<Record<string, unknown>> = {
  amount: 2_599,
  currency: 'USD',
  plan_id: 'plan_basic',
  '*': 'example',
}
const OF_EVENT: Readonly<Record<string, unknown>> = {
  oppref: 'oppref_abc',
  source_url: 'https://shop.example.com/checkout/confirmation',
  opt_out: false,
}

/** The canary of a shape: that event name and those known keys. `undefined` for a shape that no event of ours has. */
export function canaryOf(shape: string, moment: CanaryMoment): string | undefined {
  const [name = '', eventKeys = '', dataKeys = '', itemKeys = '', userKeys = ''] = shape.split('|')
  const [type, customName] = nameOf(name)
  if (!Object.hasOwn(SHAPE_OF_EVENT, type)) return undefined
  const has = new Set(keysIn(eventKeys))
  const data: Record<string, unknown> = { type: SHAPE_OF_EVENT[type as keyof typeof SHAPE_OF_EVENT] }
  for (const key of keysIn(dataKeys)) if (key in OF_DATA) data[key === '*' ? 'note' : key] = OF_DATA[key]
  if (keysIn(dataKeys).includes('contents')) data['contents'] = itemKeys === '' ? [] : [valued(itemKeys, OF_ITEM)]
  return JSON.stringify({
    ...least(type, data, moment),
    ...(customName !== undefined && { custom_event_name: customName }),
    ...valued(eventKeys, OF_EVENT),
    ...(has.has('action_source') && { action_source: actionSource(type, has) }),
    ...(has.has('user') && { user: valued(userKeys, OF_USER) }),
  })
}

/** The least canary: no `user` and no optional key. */
export function leastCanary(moment: CanaryMoment): string {
  return JSON.stringify(least('lead_created', { type: 'customer_action' }, moment))
}

function least(type: string, data: object, { timestampMs, number }: CanaryMoment): object {
  return { id: `${CANARY_ID_PREFIX}${timestampMs}_${number}`, type, timestamp_ms: timestampMs, data }
}

function nameOf(name: string): readonly [string, string?] {
  return name.startsWith('custom/') ? ['custom', name.slice('custom/'.length)] : [name]
}

function keysIn(list: string): readonly string[] {
  return list === '' ? [] : list.split(',')
}

function valued(keys: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(keysIn(keys).flatMap((key) => (key in values ? [[key, values[key]]] : [])))
}

/** `web` asks for a URL; the events of an app ask for the app. */
function actionSource(type: string, has: ReadonlySet<string>): string {
  if (type === 'app_installed' || type === 'app_opened') return 'mobile_app'
  return has.has('source_url') ? 'web' : 'other'
}
