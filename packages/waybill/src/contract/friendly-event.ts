import type { EventForm, JsonEvent, WireEvent } from './event.ts'
import type { CustomData, CustomerActionData, PlanData, PurchaseData } from './friendly-data.ts'
import type { FriendlyUser } from './friendly-person.ts'
import type { LooseEvent } from './loose-event.ts'
import type { ActionSource, ContractSetting, EventName } from './names.ts'

/** What an event of any name has. `null` and `undefined` mean that the field is absent. */
export interface CommonFields<C extends ContractSetting = ContractSetting> extends EventForm {
  /**
   * The event's own id, such as the order's number: not empty, the same on every retry, and the same as the pixel's `event_id`, because
   * pixel, `type` and `id` are what the API counts once. Example: `'order_12345'`. From the API; `eventId()` makes one.
   */
  id: string
  /**
   * When the action happened, not when it is sent: a `Date`, ISO 8601 with an offset, or Unix milliseconds. At most 7 days back and
   * 10 minutes ahead when it is sent. Example: `order.paidAt`. From the API (`timestamp_ms`).
   */
  timestamp: Date | string | number
  /** The click reference, exactly as the landing page's address had it. Example: `visit.oppref`. From the API; `waybill/oppref` keeps it. */
  oppref?: string | null | undefined
  /** `true`: the person does not want the event used for advertising. Default `false`. From the API (`opt_out`). */
  optOut?: boolean | null | undefined
  /** Whose action it was, raw or hashed; what is raw is hashed before anything else happens to it. Example: `{ email: 'a@example.com' }`. */
  user?: FriendlyUser<C> | null | undefined
}

/** An action on a web site. */
export interface FromTheWeb {
  /** Where the action took place: on a web site. Then `sourceUrl` is required. Example: `'web'`. From the API (`action_source`). */
  actionSource: 'web'
  /**
   * The page's absolute http(s) URL; query and fragment are left out unless the client's `sourceUrlQuery` says `'keep'`.
   * Example: `'https://shop.example.com/thanks'`. From the API (`source_url`).
   */
  sourceUrl: string
}

/** An action that took place elsewhere, or of which nobody says where. */
export interface FromElsewhere {
  /** Where the action took place. Example: `'offline'`. With `'web'` also `sourceUrl`. From the API (`action_source`). */
  actionSource?: Exclude<ActionSource, 'web'> | null | undefined
  /** An absolute http(s) URL, where there was a page. Example: `'https://shop.example.com/thanks'`. From the API (`source_url`). */
  sourceUrl?: string | null | undefined
}

/** An action in an app. */
export interface FromAnApp {
  /** `app_installed` and `app_opened` take place in an app: nothing else. Example: `'mobile_app'`. From the API (`action_source`). */
  actionSource: 'mobile_app'
  /** An absolute http(s) URL, where there is one. Example: `'https://shop.example.com/app'`. From the API (`source_url`). */
  sourceUrl?: string | null | undefined
}

/** Event name → its `data`. */
export interface FriendlyDataByName {
  /** Data of `page_viewed`: amount and items. */
  page_viewed: PurchaseData
  /** Data of `contents_viewed`: amount and items. */
  contents_viewed: PurchaseData
  /** Data of `items_added`: amount and items. */
  items_added: PurchaseData
  /** Data of `checkout_started`: amount and items. */
  checkout_started: PurchaseData
  /** Data of `order_created`: amount and items. */
  order_created: PurchaseData
  /** Data of `lead_created`: an amount. */
  lead_created: CustomerActionData
  /** Data of `registration_completed`: an amount. */
  registration_completed: CustomerActionData
  /** Data of `appointment_scheduled`: an amount. */
  appointment_scheduled: CustomerActionData
  /** Data of `app_installed`: an amount. */
  app_installed: CustomerActionData
  /** Data of `app_opened`: an amount. */
  app_opened: CustomerActionData
  /** Data of `subscription_created`: plan, amount and items. */
  subscription_created: PlanData
  /** Data of `trial_started`: plan, amount and items. */
  trial_started: PlanData
  /** Data of `custom`: plan, amount, items and keys of your own. */
  custom: CustomData
}

/** The name, and the data that it decides. */
export interface Named<N extends EventName> {
  /** What happened: one of the API's 13 names; it decides which `data` fits. Example: `'order_created'`. From the API. */
  type: N
  /** What is known of it; which keys there are follows from `type`. Example: `{ amount: '25.99', currency: 'USD' }`. */
  data?: FriendlyDataByName[N] | null | undefined
}

/** An event with a name of your own. */
export interface NamedByYou {
  /**
   * Your name of the event: 1 to 64 letters, digits, `_` and `-`, none of the API's own names; sent in lower case. With `type: 'custom'`
   * only, and required there. Example: `'quote_requested'`. From the API (`custom_event_name`).
   */
  customEventName: string
}

type SourceOf<N extends EventName> = N extends 'app_installed' | 'app_opened' ? FromAnApp : FromTheWeb | FromElsewhere

/** The friendly event of one name: `FriendlyEventOf<'order_created'>`. */
export type FriendlyEventOf<N extends EventName, C extends ContractSetting = ContractSetting> = N extends 'custom'
  ? CommonFields<C> & Named<N> & NamedByYou & SourceOf<N>
  : N extends EventName
    ? CommonFields<C> & Named<N> & SourceOf<N>
    : never

/**
 * One event as a program writes it: a union over `type`, so that the compiler knows which keys an event takes. `C` is the contract that it
 * is sent under; phone and names exist under `'2026-11'` only, and a contract that is not known takes both.
 */
export type FriendlyEvent<C extends ContractSetting = ContractSetting> = FriendlyEventOf<EventName, C>

/**
 * An event in any form that `send` and `track` take: friendly (`timestamp`), a {@link WireEvent} (`timestamp_ms`), a {@link LooseEvent} of a
 * source, or a {@link JsonEvent} for what comes from outside.
 */
export type EventInput<C extends ContractSetting = ContractSetting> =
  | FriendlyEvent<C>
  | WireEvent
  | LooseEvent
  | JsonEvent
