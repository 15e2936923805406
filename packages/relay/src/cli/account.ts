import type { Issue } from 'waybill'
import type { Suspicion } from '../store/index.ts'
import { type ColumnCell, colourOf } from './columns.ts'
import { count, type Io, UsageError } from './io.ts'
import { moneyText } from './money-text.ts'
import { plain } from './plain.ts'
import { askRelay, type RelayOptions } from './relay-api.ts'

/** An event as lists of the admin API show it. */
export interface Listed {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id?: string
  readonly state: string
  readonly code?: string
  readonly message?: string
  /** Of the action, Unix milliseconds. */
  readonly timestampMs?: number
  /** In minor units of the currency. */
  readonly amount?: number
  readonly currency?: string
  readonly suspicion?: Suspicion
}

/** Everything that the admin API tells of an event. */
export interface Account extends Listed {
  readonly source: string
  /** The shop that it is of: its domain, account or portal, or the name of a source. */
  readonly shop?: string
  readonly timestampMs: number
  readonly acceptedMs: number
  readonly issues: readonly Issue[]
  readonly requests: readonly {
    readonly atMs: number
    readonly status?: number
    readonly verdict: string
    readonly validateOnly: boolean
    readonly events: number
    readonly code?: string
    readonly message?: string
    readonly requestId?: string
  }[]
  readonly history: readonly {
    readonly atMs: number
    readonly what: string
    readonly code?: string
    readonly message?: string
    readonly by?: string
  }[]
  /** Absent once the body was dropped. */
  readonly event?: unknown
}

export interface FindOptions extends RelayOptions {
  readonly pixel?: string
  /** The text is the number of a row, although an event may have it as its id. */
  readonly row?: boolean
}

/** The accounts that an id means; where no event has it and it is a number, that of the row. Throws where there is none. */
export async function findAccounts(text: string, options: FindOptions, io: Io): Promise<readonly Account[]> {
  const query = options.pixel === undefined ? '' : `?pixel=${encodeURIComponent(options.pixel)}`
  const found: { accounts?: readonly Account[]; account?: Account } = options.row
    ? {}
    : await askRelay(`/api/events/${encodeURIComponent(text)}${query}`, options, io, { alsoAnswers: [404] })
  if (found.accounts !== undefined) return found.accounts
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`There is no event ${plain(text)}: waybill events ls shows what there is.`)
  const { account } = await askRelay<{ account: Account }>(`/api/events/row/${text}`, options, io)
  return [account]
}

const CAN_RUN: ReadonlySet<string> = new Set(['refused', 'expired', 'discarded'])

/** The one event that an id means and that ended without a delivery. */
export function findEnded(text: string, options: FindOptions, io: Io): Promise<Account> {
  const ended = { fits: ({ state }: Account) => CAN_RUN.has(state), none: 'did not end refused, expired or discarded' }
  return findOne(text, ended, options, io)
}

/** The one event that an id means and of which something is only suspected. */
export function findSuspect(text: string, options: FindOptions, io: Io): Promise<Account> {
  const suspects = { fits: ({ suspicion }: Account) => suspicion !== undefined, none: 'is no suspect' }
  return findOne(text, suspects, options, io)
}

interface Wanted {
  readonly fits: (account: Account) => boolean
  /** What to say of an event that does not fit. */
  readonly none: string
}

async function findOne(text: string, { fits, none }: Wanted, options: FindOptions, io: Io): Promise<Account> {
  const accounts = await findAccounts(text, options, io)
  const found = accounts.filter(fits)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  const places = (first === undefined ? accounts : found).map(
    ({ row, pixel, name, state }) => `row ${row} (${[pixel, name, state].map(plain).join(', ')})`,
  )
  const which = first === undefined ? none : 'stands for several events: name one with --row'
  throw new UsageError(`${plain(text)} ${which}: ${places.join(', ')}.`)
}

export function accountLine({ state, pixel, name, id, code }: Listed): string {
  return [state.padEnd(10), ...[pixel, name, id ?? '(no id)', code ?? ''].map(plain)].join('  ').trimEnd()
}

/** The columns of a list of events: state, time of the action, amount, pixel, name, id, why. */
export function accountCells({ state, timestampMs, pixel, name, id, code, ...money }: Listed): readonly ColumnCell[] {
  const at = timestampMs === undefined ? '' : toSecond(timestampMs)
  const texts = [at, amountOf(money), ...[pixel, name, id ?? '(no id)', code ?? ''].map(plain)]
  return [{ text: state, format: colourOf(state) }, ...texts.map((text): ColumnCell => ({ text }))]
}

function amountOf({ amount, currency }: Pick<Listed, 'amount' | 'currency'>): string {
  return amount === undefined || currency === undefined ? '' : plain(moneyText(amount, currency))
}

/** What became of an event, and each attempt. */
export function* accountLines(account: Account): Generator<string> {
  yield accountLine(account)
  if (account.shop !== undefined) yield `  shop ${plain(account.shop)}, by ${plain(account.source)}`
  if (account.message) yield `  ${plain(account.message)}`
  yield* suspicionLines(account)
  yield* historyLines(account)
  yield* attemptLines(account)
}

/** Why an event is apart from the others, where it is. */
export function* suspicionLines({ suspicion }: Listed): Generator<string> {
  if (suspicion === undefined) return
  const { kind, times, firstMs, code, message } = suspicion
  const often = times === 1 ? 'once' : `${times} times`
  yield `  suspect (${kind}), ${often} since ${time(firstMs)}: ${plain(`${code}: ${message}`)}`
}

export function* historyLines({ history }: Account): Generator<string> {
  for (const { atMs, what, code, message, by } of history) {
    const words = [what, code, by && `by ${by}`, by && message && `(${message})`].flatMap((word) => word || [])
    yield `  ${time(atMs)}  ${words.map(plain).join('  ')}`
  }
}

export function* attemptLines({ requests }: Account): Generator<string> {
  for (const { atMs, status, verdict, validateOnly, events, code, message, requestId } of requests) {
    const said = [code, message].filter(Boolean).join(': ')
    const words = [
      `${verdict}, ${events === 1 ? 'alone' : `with ${count(events - 1, 'other')}`}`,
      validateOnly ? ' (only to validate)' : '',
      said && `: ${said}`,
      requestId ? ` [${requestId}]` : '',
    ]
    yield `  ${time(atMs)}  ${status ?? 'no answer'}  ${plain(words.join(''))}`
  }
}

export const time = (ms: number): string => new Date(ms).toISOString()
export const toSecond = (ms: number): string => time(ms).replace(/\.\d+/, '')
