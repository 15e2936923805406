import { EVENT_NAMES, type EventName } from '../../contract/names.ts'
import { isObject } from '../../contract/plain.ts'
import { ConfigError } from '../../errors.ts'
import { currencyOf } from '../amount.ts'
import { callName } from '../mapping/mapping.ts'
import { type OrderId, orderIdOf, type Settings, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'

/** `id` may name `deal_id` (the default), or any path of the deal, such as `properties.order_number`. */
export interface HubspotOptions extends OrderOptions {
  /** The internal name of a deal stage → the event that reaching it is, such as `{ closedwon: 'order_created' }`. */
  readonly stages: Readonly<Record<string, EventName>>
  /** The currency of deals that name none: an account with one currency leaves it out. */
  readonly currency?: string | undefined
}

export interface HubspotSettings extends Settings {
  readonly dealId: OrderId
  readonly stages: ReadonlyMap<string, EventName>
  readonly currency: string | undefined
}

export function hubspotSettings(options: HubspotOptions): HubspotSettings {
  const { stages, actionSource = 'offline', currency } = options
  return {
    ...settingsOf({ ...options, actionSource }),
    dealId: orderIdOf(options, 'deal_id'),
    stages: stagesOf(stages),
    currency: currencyOf(currency),
  }
}

function stagesOf(stages: unknown): ReadonlyMap<string, EventName> {
  const wrong = isObject(stages) ? Object.entries(stages).find(([, type]) => !isStandard(type)) : ['stages']
  if (wrong === undefined)
    return new Map(Object.entries(stages as Record<string, EventName>).map(([stage, type]) => [callName(stage), type]))
  throw new ConfigError(
    'invalid_option',
    'The option stages names for each deal stage the standard event that it is.',
    {
      hint: 'Write { "closedwon": "order_created" }. An event of your own needs a mapping file, which can give it its name.',
    },
  )
}

const isStandard = (type: unknown): boolean => type !== 'custom' && (EVENT_NAMES as readonly unknown[]).includes(type)
