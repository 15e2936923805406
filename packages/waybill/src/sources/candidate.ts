import type { EventName } from '../contract/names.ts'
import { isObject } from '../contract/plain.ts'
import { withoutEmails } from '../contract/privacy.ts'
import { isDecimal } from '../money.ts'
import { type Draft, fitting } from './draft.ts'
import { apply, contextKeys, ruleFor } from './mapping/apply.ts'
import { callName, type Rule } from './mapping/mapping.ts'
import type { Scope } from './mapping/path.ts'
import { type Note, settled } from './notes.ts'
import { distinct, present } from './read.ts'
import type { Settings } from './settings.ts'
import { LIFTED_BY_MAPPING, malformed, type Skip, skip } from './skip.ts'
import type { FollowUp, Mapped, Remembered, SourceEvent } from './source.ts'
import { isLongAgo, type Touch } from './time.ts'

/** What a source read from one message, before a mapping has its say. */
export interface Candidate {
  /** What the mapping knows this kind of message by. */
  readonly name: string
  /** Without a type it stands for no conversion, unless the mapping gives it one. */
  readonly draft: Draft
  readonly scope: Scope
  /** Why it is no conversion. What a mapping may say against it, `LIFTED_BY_MAPPING` has. */
  readonly barred?: Skip | undefined
  /** Where id and time should have stood. */
  readonly paths: { readonly id: string; readonly timestamp: string }
  readonly keys?: readonly unknown[]
  readonly people?: readonly string[]
  readonly repeats?: SourceEvent['repeats']
  /** Names under which the same conversion may have been kept by another call. */
  readonly sameAs?: readonly { readonly type: EventName; readonly id: string | undefined }[]
  readonly shop?: string | undefined
  readonly isWaiting?: boolean
  readonly replaces?: Candidate['sameAs']
  readonly notes?: readonly Note[]
  /** When it was touched, where calls come for what happened long ago, too. */
  readonly touch?: Touch | undefined
}

type Outcome = SourceEvent | Skip
type Judging = Pick<Settings, 'mapping' | 'excessDecimals'>

/** The last step of every source: bars, the mapping, and whether it is an event at all. */
export function conclude(candidate: Candidate, settings: Judging): Outcome {
  const { barred, draft, name } = candidate
  if (barred !== undefined && !LIFTED_BY_MAPPING.has(barred.code)) return barred
  const rules = settings.mapping.get(callName(name))
  if (rules === undefined) {
    return barred ?? finished(candidate, fitting(draft, draft.type), settings)
  }
  if (rules === null)
    return skip('no_conversion', { message: `The mapping does not want ${quoted(name)}.`, ref: draft.id })
  return mapped(candidate, rules, settings)
}

/** A rule lifts a bar only where it says itself what the call is: one that changes an amount makes no order of a renewal. */
function mapped(candidate: Candidate, rules: readonly Rule[], settings: Judging): Outcome {
  const { barred, draft, scope } = candidate
  const rule = ruleFor(rules, scope)
  if (barred !== undefined && !(rule !== undefined && givesType(rule))) return barred
  if (rule === undefined) return skip('condition', { message: unmet(rules), ref: draft.id })
  const keys = [...contextKeys(rule, scope), ...(candidate.keys ?? [])]
  return finished({ ...candidate, keys }, apply(rule, draft, scope), settings)
}

const givesType = ({ assignments }: Rule): boolean =>
  assignments.some(({ field, from }) => field.part === 'event' && field.key === 'type' && from !== 'off')

/** The event of a draft that has its id, type and time, or why it is none. */
export function finished(
  candidate: Candidate,
  given: Draft,
  { excessDecimals }: Pick<Settings, 'excessDecimals'>,
): Outcome {
  const {
    name,
    paths,
    keys = [],
    people = [],
    repeats = 'compare',
    sameAs = [],
    replaces = [],
    touch,
    shop,
    isWaiting = false,
  } = candidate
  const { draft, notes } = settled(given, excessDecimals)
  const { id, type, timestamp } = draft
  if (type === undefined) return skip('no_conversion', { message: unmapped(name), ref: id })
  if (id === undefined) return malformed(paths.id)
  if (timestamp === undefined) return malformed(paths.timestamp, id)
  if (touch !== undefined && isLongAgo(timestamp, touch)) return skip('too_old', { ref: id })
  if (type !== 'custom' && isNegative(draft.data?.amount)) return skip('refunded', { message: NEGATIVE, ref: id })
  return {
    event: present({ ...draft, id, type, timestamp }),
    index: 0,
    keys: distinct(keys),
    people,
    repeats,
    sameAs: othersThan({ type, id }, sameAs),
    shop,
    isWaiting,
    replaces: othersThan({ type, id }, replaces),
    notes: [...(candidate.notes ?? []), ...notes],
  }
}

type Name = SourceEvent['sameAs'][number]

function othersThan(own: Name, names: NonNullable<Candidate['sameAs']>): Name[] {
  return names.flatMap(({ type, id }) =>
    id === undefined || (type === own.type && id === own.id) ? [] : [{ type, id }],
  )
}

const NEGATIVE = 'Its total is negative: it gives money back.'
/** Of a decimal, or of minor units that a mapping names. */
function isNegative(amount: unknown): boolean {
  const stated = isObject(amount) ? amount['amount'] : amount
  return typeof stated === 'string' ? isDecimal(stated) && Number(stated) < 0 : typeof stated === 'number' && stated < 0
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

/** What becomes of one message. */
export type MessageOutcome = (Outcome | Remembered) & {
  readonly followUp?: Pick<FollowUp, 'after' | 'event'> | undefined
  readonly endedTrial?: string | undefined
}

const isSkip = (outcome: Outcome): outcome is Skip => 'code' in outcome

/** The result of a call from the outcomes of its messages, in order. */
export function collect(outcomes: readonly MessageOutcome[]): Mapped {
  const events: SourceEvent[] = []
  const skipped: Skip[] = []
  const remember: Remembered[] = []
  const followUps: FollowUp[] = []
  const endedTrials: string[] = []
  for (const [index, { followUp, endedTrial, ...outcome }] of outcomes.entries()) {
    if ('user' in outcome) remember.push({ ...outcome, index })
    else if (isSkip(outcome)) skipped.push({ ...outcome, index })
    else events.push({ ...outcome, index })
    if (followUp !== undefined) followUps.push({ ...followUp, index })
    if (endedTrial !== undefined) endedTrials.push(endedTrial)
  }
  return { events, skipped, remember, followUps, endedTrials }
}
