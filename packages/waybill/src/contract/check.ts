import { ConfigError } from '../errors.ts'
import { type Context, report } from './context.ts'
import type { WireEvent } from './event.ts'
import { toWire } from './friendly.ts'
import { inFriendlyWords } from './friendly-names.ts'
import { generationOf } from './generation.ts'
import type { Issue } from './issue.ts'
import { MAX_AHEAD_MS } from './limits.ts'
import { CONTRACT_SETTINGS, type Contract, type ContractSetting, isContract } from './names.ts'
import { isObject, type PlainObject } from './plain.ts'
import { type EventSchema, type SchemaOptions, schemaOf } from './standard-schema.ts'
import { judgeWire } from './wire.ts'

/** What a malformed or unsendable `user` field does to its event. */
export type InvalidIdentity = 'refuse' | 'drop'

export interface CheckOptions {
  /** The moment to judge the time window at, Unix milliseconds. */
  readonly now: number
  /** The generation of the API's contract. Default `'2026-06'`; `'auto'` is the one that says all that the event says of its user. */
  readonly contract?: ContractSetting | undefined
  /** Default `'refuse'`; `'drop'` removes the field with a warning and keeps the conversion. */
  readonly invalidIdentity?: InvalidIdentity | undefined
  /** `'strip'` (default) sends origin and path only, as the official guidance asks; `'keep'` sends the URL as it came. */
  readonly sourceUrlQuery?: 'strip' | 'keep' | undefined
  /** An event that leaves its window within this time is refused with `expires_too_soon`. Default 0. */
  readonly leastTimeLeftMs?: number | undefined
  /** How far ahead of `now` an event may lie. Default 10 minutes, the API's limit. */
  readonly maxAheadMs?: number | undefined
}

/** `event` is the wire event to send; `issues` holds every error and warning that was found. */
export type CheckResult =
  | { readonly ok: true; readonly event: WireEvent; readonly warnings: readonly Issue[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

const NO_WARNINGS: readonly Issue[] = Object.freeze([])

/**
 * {@link check}, and a Standard Schema under the default contract by the machine's clock: `check['~standard']`. {@link eventSchema} makes one
 * with options.
 */
export interface Check extends EventSchema {
  (input: unknown, options: CheckOptions): CheckResult
}

/**
 * Judges one event, in either form, by every rule of the specification and by ours, without touching network or clock.
 *
 * A valid wire event comes back as the very object that went in, unless a change was due, each with a warning: `source_url` loses query
 * and fragment, `currency` and a country are uppercased, `custom_event_name` is lowercased, keys of the other generation are
 * translated, identity that is dirty or means nothing is cleaned or left out. Never throws for
 * what `input` holds; throws a {@link ConfigError} for an unknown contract or a `now` that is no number.
 */
export const check: Check = /* @__PURE__ */ Object.assign(checkEvent, /* @__PURE__ */ schemaOf(checkEvent))

/** `check` with options as a Standard Schema: `eventSchema({ contract: '2026-11' })`. */
export function eventSchema(options: SchemaOptions = {}): EventSchema {
  return schemaOf(checkEvent, options)
}

function checkEvent(input: unknown, options: CheckOptions): CheckResult {
  const context = contextFrom(input, options)
  const { issues } = context
  let event: WireEvent | undefined
  try {
    event = judge(input, context)
  } catch {
    // What was found before has paths that are not complete yet.
    issues.length = 0
    report(context, 'unreadable_event', '')
  }
  if (issues.length === 0) return { ok: true, event: event as WireEvent, warnings: NO_WARNINGS }
  if (event === undefined || issues.some(isError)) return { ok: false, issues }
  return { ok: true, event, warnings: issues }
}

const isError = ({ severity }: Issue): boolean => severity === 'error'

function contextFrom(input: unknown, options: CheckOptions): Context {
  const {
    now,
    contract = '2026-06',
    invalidIdentity,
    sourceUrlQuery,
    maxAheadMs = MAX_AHEAD_MS,
    leastTimeLeftMs = 0,
  } = options ?? {}
  if (!Number.isFinite(now)) refuseNow()
  if (contract !== 'auto' && !isContract(contract)) refuseContract()
  return {
    now,
    contract: contract === 'auto' ? readGeneration(input) : contract,
    dropIdentity: invalidIdentity === 'drop',
    keepUrlQuery: sourceUrlQuery === 'keep',
    maxAheadMs,
    leastTimeLeftMs,
    issues: [],
  }
}

function readGeneration(input: unknown): Contract {
  try {
    return generationOf(input)
  } catch {
    // What cannot be read is refused a moment later.
    return '2026-06'
  }
}

function refuseNow(): never {
  throw new ConfigError('invalid_now', 'check needs now, the current time in Unix milliseconds.', {
    hint: 'Pass now: Date.now().',
  })
}

function refuseContract(): never {
  const known = CONTRACT_SETTINGS.map((name) => `"${name}"`).join(', ')
  throw new ConfigError('invalid_contract', `contract must be one of ${known}.`)
}

function judge(input: unknown, context: Context): WireEvent | undefined {
  if (!isObject(input)) {
    report(context, 'not_an_object', '')
    return undefined
  }
  if (input['timestamp'] === undefined) {
    return input['timestamp_ms'] === undefined && looksFriendly(input)
      ? judgeFriendly(input, context)
      : judgeWire(input, context)
  }
  if (input['timestamp_ms'] === undefined) return judgeFriendly(input, context)
  report(context, 'two_timestamps', 'timestamp')
  const { timestamp: _timestamp, ...wire } = input
  return judgeWire(wire, context)
}

/** Without a time neither form is marked; camelCase keys tell which one the writer had in mind. */
function looksFriendly(input: PlainObject): boolean {
  return ['actionSource', 'sourceUrl', 'customEventName', 'optOut'].some((key) => input[key] !== undefined)
}

function judgeFriendly(input: PlainObject, context: Context): WireEvent {
  const { wire, settledPaths } = toWire(input, context)
  const mark = context.issues.length
  const event = judgeWire(wire, context)
  for (const found of context.issues.splice(mark)) {
    if (!settledPaths.has(found.path)) context.issues.push(inFriendlyWords(found))
  }
  return event
}
