import { CONTRACTS, type Contract } from '../contract/names.ts'
import { ConfigError } from '../errors.ts'
import { evaluate } from './mapping/expression.ts'
import { type CallMapping, parseCallMapping, requireExpression } from './mapping/mapping.ts'
import type { Scope } from './mapping/path.ts'
import { pageOf } from './page.ts'
import { text } from './read.ts'
import type { OrderOptions, SourceOptions } from './source.ts'

/** Options that were judged. */
export interface Settings {
  readonly contract: Contract
  readonly sendTests: boolean
  readonly place: Pick<SourceOptions, 'actionSource' | 'sourceUrl'>
  readonly mapping: CallMapping
  readonly excessDecimals: 'round' | 'refuse'
  readonly name: string | undefined
}

/** Judges the options that all sources share. Throws a {@link ConfigError} for a wrong one. */
export function settingsOf(options: SourceOptions): Settings {
  const { contract = '2026-06', testOrders = 'skip', excessDecimals = 'round', name } = options
  const { actionSource, sourceUrl, mapping } = options
  oneOf('contract', contract, CONTRACTS)
  oneOf('testOrders', testOrders, ['skip', 'send'])
  oneOf('excessDecimals', excessDecimals, ['round', 'refuse'])
  if (name !== undefined && text(name) === undefined) throw optionError('name', 'is a text')
  if (sourceUrl !== undefined && pageOf(sourceUrl) === undefined)
    throw optionError('sourceUrl', 'is an absolute http(s) URL')
  return {
    contract,
    sendTests: testOrders === 'send',
    place: { actionSource, sourceUrl },
    mapping: parseCallMapping(mapping),
    excessDecimals,
    name,
  }
}

/** True where what continues a subscription is an order of its own. */
export function sendsRenewals({ renewals = 'skip' }: OrderOptions): boolean {
  return oneOf('renewals', renewals, ['skip', 'send']) === 'send'
}

/** Where the id of an order comes from. */
export interface OrderId {
  readonly of: (scope: Scope) => string | undefined
  /** Where the option `id` looks, for whoever misses it there. */
  readonly path: string | undefined
}

/** By the option `id`, or by the source's own name. */
export function orderIdOf({ id }: OrderOptions, ownName: string): OrderId {
  const expression = requireExpression('id', id ?? ownName)
  return { of: (scope) => text(evaluate(expression, scope)), path: id }
}

/** One of a few words. Throws a {@link ConfigError} for another. */
export function oneOf<Word extends string>(option: string, given: unknown, words: readonly Word[]): Word {
  if ((words as readonly unknown[]).includes(given)) return given as Word
  throw optionError(option, `is one of ${words.map((word) => `"${word}"`).join(', ')}`)
}

function optionError(option: string, rule: string): ConfigError {
  return new ConfigError('invalid_option', `The option ${option} ${rule}.`)
}
