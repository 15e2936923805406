import type { ListedEvent } from './event-list.ts'

/** What is known of orders of a shop, which names each by a text. */
export interface OrdersQuestion {
  readonly pixels?: readonly string[]
  /** At most 1,000. */
  readonly ids: readonly string[]
}

export interface Orders {
  /** In the order of the ids, each once. */
  readonly orders: readonly OrderAccounts[]
}

/** Accounts whose id is the text, or that were sent with what was known of an order of that name. */
export interface OrderAccounts {
  readonly id: string
  readonly accounts: readonly OrderAccount[]
}

export type OrderAccount = Pick<
  ListedEvent,
  'row' | 'pixel' | 'name' | 'id' | 'state' | 'code' | 'attempts' | 'amount' | 'currency'
>
