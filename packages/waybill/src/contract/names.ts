/** The shapes of `data`: what `data.type` may say. */
export const DATA_SHAPES: readonly ['contents', 'customer_action', 'plan_enrollment', 'custom'] = [
  'contents',
  'customer_action',
  'plan_enrollment',
  'custom',
]
export type DataShape = (typeof DATA_SHAPES)[number]

/** Event name → the shape its `data` must have (specification, section 3). */
export const SHAPE_OF_EVENT = {
  page_viewed: 'contents',
  contents_viewed: 'contents',
  items_added: 'contents',
  checkout_started: 'contents',
  order_created: 'contents',
  lead_created: 'customer_action',
  registration_completed: 'customer_action',
  appointment_scheduled: 'customer_action',
  app_installed: 'customer_action',
  app_opened: 'customer_action',
  subscription_created: 'plan_enrollment',
  trial_started: 'plan_enrollment',
  custom: 'custom',
} as const

export type EventName = keyof typeof SHAPE_OF_EVENT

const SHAPES: ReadonlyMap<unknown, DataShape> = new Map<unknown, DataShape>(Object.entries(SHAPE_OF_EVENT))

/** The shape that an event name demands; `undefined` for a name that is none. */
export function shapeOf(type: unknown): DataShape | undefined {
  return SHAPES.get(type)
}

export const EVENT_NAMES: readonly EventName[] = Object.keys(SHAPE_OF_EVENT) as EventName[]

/** True for the standard names, which a custom event may not borrow. `custom` itself is none of them. */
export function isStandardName(name: string): boolean {
  return name !== 'custom' && SHAPES.has(name)
}

/** Events of an app, which only a server sends, and only with `action_source: mobile_app`. */
export const APP_EVENTS: ReadonlySet<unknown> = new Set(['app_installed', 'app_opened'])

export const ACTION_SOURCES: readonly [
  'web',
  'mobile_app',
  'offline',
  'physical_store',
  'phone_call',
  'email',
  'other',
] = ['web', 'mobile_app', 'offline', 'physical_store', 'phone_call', 'email', 'other']
export type ActionSource = (typeof ACTION_SOURCES)[number]

/** The two generations of the API's contract (specification, section 5). */
export const CONTRACTS: readonly ['2026-06', '2026-11'] = ['2026-06', '2026-11']
export type Contract = (typeof CONTRACTS)[number]

/** `auto`: in which form an event is judged is found out, from the event itself or from the API. */
export type ContractSetting = Contract | 'auto'
export const CONTRACT_SETTINGS: readonly [...typeof CONTRACTS, 'auto'] = [...CONTRACTS, 'auto']

/** True for the name of a contract generation. */
export function isContract(value: unknown): value is Contract {
  return (CONTRACTS as readonly unknown[]).includes(value)
}
