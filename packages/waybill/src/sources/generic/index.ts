import { isObject } from '../../contract/plain.ts'
import { collect, finished, unmet } from '../candidate.ts'
import { apply, contextKeys, ruleFor } from '../mapping/apply.ts'
import { parseRules, type Rule } from '../mapping/mapping.ts'
import { placeOf } from '../page.ts'
import { type Settings, settingsOf } from '../settings.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent, SourceOptions } from '../source.ts'

export { type SignatureScheme, verifyGeneric } from '../signature/generic.ts'

/** `mapping` is one rule or a list of rules, of which the first whose conditions hold counts (docs/sources.md). */
export interface GenericOptions extends Omit<SourceOptions, 'testOrders'> {
  readonly mapping: unknown
}

/**
 * Any JSON by a mapping. An array is a list of messages. Throws a `ConfigError` that names every fault of the mapping; the source
 * itself never throws.
 */
export function createGenericSource({ mapping, ...options }: GenericOptions): Source {
  const settings = { ...settingsOf(options), rules: parseRules(mapping) }
  return (call) => {
    const isList = Array.isArray(call.payload)
    const list: readonly unknown[] = isList ? (call.payload as readonly unknown[]) : [call.payload]
    return collect(list.map((payload, index) => outcomeOf(payload, isList ? `[${index}]` : '', call, settings)))
  }
}

interface GenericSettings extends Settings {
  readonly rules: readonly Rule[]
}

function outcomeOf(payload: unknown, path: string, call: SourceCall, settings: GenericSettings): SourceEvent | Skip {
  const { rules, place } = settings
  if (!isObject(payload)) return malformed(path)
  const scope = { payload, names: { topic: call.topic, received_at: call.receivedAtMs, shop: settings.name } }
  const rule = ruleFor(rules, scope)
  if (rule === undefined) return skip('condition', { message: unmet(rules) })
  const draft = apply(rule, { ...placeOf(place), data: {} }, scope)
  const { id, type } = draft
  if (id === undefined) return malformed(sourceOf(rule, 'id'))
  if (type === undefined) return malformed(sourceOf(rule, 'type'), id)
  const paths = { id: sourceOf(rule, 'id'), timestamp: sourceOf(rule, 'timestamp') }
  const keys = [...contextKeys(rule, scope), id]
  return finished({ name: '', scope, draft, paths, keys, shop: settings.name }, draft, settings)
}

/** Where the rule looked, as it is written there. */
function sourceOf({ assignments }: Rule, key: string): string {
  const from = assignments.find(({ field }) => field.part === 'event' && field.key === key)?.from
  return from === undefined || from === 'off' || from.kind === 'constant' ? key : from.written
}
