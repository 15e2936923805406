import type { EventName } from '../contract/names.ts'
import { withoutEmails } from '../contract/privacy.ts'
import { type Draft, fitting } from './draft.ts'
import { apply, contextKeys, ruleFor } from './mapping/apply.ts'
import { type CallMapping, callName, type Rule } from './mapping/mapping.ts'
import type { Scope } from './mapping/path.ts'
import { distinct, present } from './read.ts'
import { malformed, type Skip, skip } from './skip.ts'
import type { Mapped, Remembered, SourceEvent } from './source.ts'

/** What a source read from one message, before a mapping has its say. */
export interface Candidate {
  /** What the mapping knows this kind of message by. */
  readonly name: string
  /** Without a type it stands for no conversion, unless the mapping gives it one. */
  readonly draft: Draft
  readonly scope: Scope
  /** Why it is no conversion, whatever the mapping says. */
  readonly barred?: Skip | undefined
  /** Where id and time should have stood. */
  readonly paths: { readonly id: string; readonly timestamp: string }
  readonly keys?: readonly unknown[]
  readonly people?: readonly string[]
  readonly repeats?: SourceEvent['repeats']
  /** Types under which the same conversion may have been kept by another call. */
  readonly alsoTypes?: readonly EventName[]
}

/** The last step of every source: bars, the mapping, and whether it is an event at all. */
export function conclude(candidate: Candidate, mapping: CallMapping): SourceEvent | Skip {
  const { barred, draft, scope, name } = candidate
  if (barred !== undefined) return barred
  const rules = mapping.get(callName(name))
  if (rules === undefined) return finished(candidate, { ...draft, data: fitting(draft.data, draft.type) })
  const ref = draft.id
  if (rules === null) return skip('no_conversion', { message: `The mapping does not want ${quoted(name)}.`, ref })
  const rule = ruleFor(rules, scope)
  if (rule === undefined) return skip('condition', { message: unmet(rules), ref })
  const keys = [...contextKeys(rule, scope), ...(candidate.keys ?? [])]
  return finished({ ...candidate, keys }, apply(rule, draft, scope))
}

function finished(candidate: Candidate, draft: Draft): SourceEvent | Skip {
  const { name, paths, keys = [], people = [], repeats = 'compare', alsoTypes = [] } = candidate
  const { id, type, timestamp } = draft
  if (type === undefined) return skip('no_conversion', { message: unmapped(name), ref: id })
  if (id === undefined) return malformed(paths.id)
  if (timestamp === undefined) return malformed(paths.timestamp, id)
  return {
    event: present({ ...draft, id, type, timestamp }),
    index: 0,
    keys: distinct(keys),
    people,
    repeats,
    sameAs: alsoTypes.filter((other) => other !== type).map((other) => ({ type: other, id })),
  }
}

/** The paths that the conditions look at; never the values that they met. */
export function unmet(rules: readonly Rule[]): string {
  const paths = [...new Set(rules.flatMap(({ when }) => when.map(({ written }) => written)))]
  return `The mapping’s condition on ${paths.join(', ')} does not hold.`
}

const unmapped = (name: string): string =>
  name === ''
    ? 'The call does not say what it is.'
    : `${quoted(name)} stands for no conversion. A mapping file can give it a type.`

/** A name that a stranger gave, short and without an address in it. */
const quoted = (name: string): string => `"${withoutEmails(name).slice(0, 64)}"`

const isSkip = (outcome: SourceEvent | Skip): outcome is Skip => 'code' in outcome

/** The result of a call from the outcomes of its messages, in order. */
export function collect(outcomes: readonly (SourceEvent | Skip | Remembered)[]): Mapped {
  const events: SourceEvent[] = []
  const skipped: Skip[] = []
  const remember: Remembered[] = []
  for (const [index, outcome] of outcomes.entries()) {
    if ('user' in outcome) remember.push({ ...outcome, index })
    else if (isSkip(outcome)) skipped.push({ ...outcome, index })
    else events.push({ ...outcome, index })
  }
  return { events, skipped, remember }
}
