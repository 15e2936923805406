import { type Generation, generationsOf } from './contract.ts'
import { type EventError, eventErrors } from './event-error.ts'
import type { ContractChoice } from './options.ts'

/** Says what is wrong with one event at a moment in Unix milliseconds; an empty list means that the API takes it. */
export type Judge = (event: unknown, nowMs: number) => readonly EventError[]

const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
const MAX_AHEAD_MS = 10 * 60 * 1000

const TOO_OLD = 'event_timestamp_too_old'
const IN_FUTURE = 'event_timestamp_in_future'

/** The codes of errors that only the clock makes. */
export const TIME_CODES: ReadonlySet<string> = new Set([TOO_OLD, IN_FUTURE])

const NONE: readonly EventError[] = []

/** A judge of events by a contract; `poison` refuses ids that no rule of the contract would. */
export function createJudge(contract: ContractChoice, poison: RegExp | null): Judge {
  const generations = generationsOf(contract)
  return (event, nowMs) => {
    if (!generations.some(({ fits }) => fits(event))) {
      return nearest(generations.map((generation) => allErrors(generation, event, nowMs)))
    }
    return otherErrors(event as Record<string, unknown>, nowMs, poison)
  }
}

function allErrors(generation: Generation, event: unknown, nowMs: number): readonly EventError[] {
  const found = eventErrors(generation.schemaErrors(event))
  if (typeof event !== 'object' || event === null) return found
  const paths = new Set(found.map(({ path }) => path))
  const others = otherErrors(event as Record<string, unknown>, nowMs, null)
  return [...found, ...others.filter(({ path }) => !paths.has(path))]
}

/** The errors by the generation that the event's keys suggest: fewest unknown keys, then fewest errors, then the older. */
function nearest(candidates: readonly (readonly EventError[])[]): readonly EventError[] {
  return candidates.reduce((best, next) => (distance(next) < distance(best) ? next : best))
}

function distance(errors: readonly EventError[]): number {
  const strangers = errors.filter(({ code }) => code.startsWith('unknown_')).length
  // One strange key says more about the generation than any number of other errors.
  return strangers * 1e6 + errors.length
}

/** What no schema can hold: the clock, the parsing of a URL, and the ids refused on purpose. */
function otherErrors(event: Record<string, unknown>, nowMs: number, poison: RegExp | null): readonly EventError[] {
  const errors = [timeError(event['timestamp_ms'], nowMs), urlError(event['source_url']), poisonError(event, poison)]
  return errors.some((error) => error !== null) ? errors.filter((error) => error !== null) : NONE
}

function timeError(timestampMs: unknown, nowMs: number): EventError | null {
  if (!Number.isInteger(timestampMs)) return null
  const ageMs = nowMs - (timestampMs as number)
  if (ageMs > MAX_AGE_MS) return { path: 'timestamp_ms', code: TOO_OLD, rule: 'must be within the last 7 days.' }
  if (ageMs >= -MAX_AHEAD_MS) return null
  return { path: 'timestamp_ms', code: IN_FUTURE, rule: 'must be no more than 10 minutes ahead.' }
}

function urlError(sourceUrl: unknown): EventError | null {
  if (typeof sourceUrl !== 'string' || URL.canParse(sourceUrl)) return null
  return {
    path: 'source_url',
    code: 'invalid_event_source_url',
    rule: 'must be an absolute http or https URL with a host.',
  }
}

function poisonError(event: Record<string, unknown>, poison: RegExp | null): EventError | null {
  if (poison === null || !poison.test(event['id'] as string)) return null
  return { path: '', code: 'event_rejected', rule: 'was rejected.' }
}
