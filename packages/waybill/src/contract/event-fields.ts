import { DAY_MS } from '../duration.ts'
import { meansNothing } from '../identity/nothing.ts'
import { type Context, report, reportAs, wrongType } from './context.ts'
import { eventMeant } from './event-meant.ts'
import type { IssueCode } from './issue.ts'
import { MAX_AGE_MS, MAX_CUSTOM_NAME_LENGTH } from './limits.ts'
import { ACTION_SOURCES, EVENT_NAMES, isStandardName, shapeOf } from './names.ts'
import { didYouMean, nearestKey } from './suggest.ts'
import { isBlank, isLonger, judgeText } from './text.ts'

/** Judges one field of the event by its value alone. Rules that need two fields stand in `wire.ts`. */
type FieldRule = (value: unknown, context: Context) => void

/** `null` under one of these is no value: it is left out, and costs no conversion. */
export const OPTIONAL_TEXTS: readonly string[] = ['custom_event_name', 'source_url', 'action_source', 'oppref']

function string(value: unknown, path: string, context: Context): value is string {
  if (typeof value === 'string') return true
  if (value === null && OPTIONAL_TEXTS.includes(path)) report(context, 'means_nothing', path)
  else wrongType(context, path, 'string', value)
  return false
}

const NO_ID = {
  message: 'id is a word for no value, so many conversions would have one id.',
  hint: 'Find out why it is missing where the event is made.',
}

const id: FieldRule = (value, context) => {
  if (!string(value, 'id', context)) return
  if (value === '')
    report(context, 'empty_value', 'id', { message: 'id must not be empty: with type it is the dedup key.' })
  else if (meansNothing(value)) reportAs('error', context, 'means_nothing', 'id', NO_ID)
  else if (value.charCodeAt(0) <= 32 || value.charCodeAt(value.length - 1) <= 32)
    report(context, 'id_with_spaces', 'id')
  judgeText(value, 'id', context)
}

const type: FieldRule = (value, context) => {
  if (shapeOf(value) === undefined && string(value, 'type', context)) reportUnknownType(value, context)
}

/** A rule makes no closure: its variables would cost an object in each call, needed or not. */
function reportUnknownType(value: string, context: Context): void {
  report(context, 'unknown_event_type', 'type', {
    hint: () => didYouMean(eventMeant(value) ?? nearestKey(value, EVENT_NAMES)),
  })
}

/** What a time far from now is, by the size of its number. */
const UNITS: readonly (readonly [code: IssueCode, from: number, to: number])[] = [
  ['timestamp_in_seconds', 1e8, 1e11],
  ['timestamp_in_microseconds', 1e14, 1e17],
  ['timestamp_in_nanoseconds', 1e17, 1e20],
]

const timestamp: FieldRule = (value, context) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType(context, 'timestamp_ms', 'integer', value)
  if (!Number.isInteger(value)) report(context, 'timestamp_not_integer', 'timestamp_ms')
  const age = context.now - value
  const leftMs = MAX_AGE_MS - age
  if (leftMs < 0 || -age > context.maxAheadMs) reportOutside(value, age, context)
  else if (leftMs < (context.leastTimeLeftMs ?? 0)) report(context, 'expires_too_soon', 'timestamp_ms', tooSoon(leftMs))
}

function reportOutside(value: number, age: number, context: Context): void {
  const unit = UNITS.find(([, from, to]) => value >= from && value < to)
  if (unit !== undefined) report(context, unit[0], 'timestamp_ms')
  else if (age > MAX_AGE_MS) report(context, 'event_timestamp_too_old', 'timestamp_ms', { message: tooOld(age) })
  else report(context, 'event_timestamp_in_future', 'timestamp_ms')
}

const tooSoon = (leftMs: number): { message: string } => ({
  message: `The 7 days end in ${(leftMs / 1_000).toFixed(1)} seconds, before a request could be answered.`,
})

function tooOld(age: number): string {
  const days = age / DAY_MS
  return `The action is ${days < 7.1 ? 'just over 7' : days.toFixed(1)} days old; the API takes events for 7 days.`
}

const sources: ReadonlySet<unknown> = new Set(ACTION_SOURCES)
const actionSource: FieldRule = (value, context) => {
  if (sources.has(value) || !string(value, 'action_source', context)) return
  report(context, 'invalid_action_source', 'action_source', { hint: didYouMean(nearestKey(value, ACTION_SOURCES)) })
}

const oppref: FieldRule = (value, context) => {
  string(value, 'oppref', context)
}

const optOut: FieldRule = (value, context) => {
  if (typeof value !== 'boolean') wrongType(context, 'opt_out', 'boolean', value)
}

const anyString =
  (path: string): FieldRule =>
  (value, context) => {
    string(value, path, context)
  }

/** `data` and `user` have files of their own. */
const judgedElsewhere: FieldRule = () => {}

/** Field → its rule: the closed shape of an event (specification, section 2). */
export const EVENT_FIELDS: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  ['id', id],
  ['type', type],
  ['timestamp_ms', timestamp],
  ['data', judgedElsewhere],
  ['custom_event_name', anyString('custom_event_name')],
  ['source_url', anyString('source_url')],
  ['action_source', actionSource],
  ['oppref', oppref],
  ['user', judgedElsewhere],
  ['opt_out', optOut],
])

/** The click reference to send: exactly as it came, or `undefined` where it is none. */
export function judgeOppref(value: string, context: Context): string | undefined {
  if (meansNothing(value)) report(context, 'means_nothing', 'oppref')
  else if (isBlank(value)) reportAs('warning', context, 'empty_identity', 'oppref', BLANK_REFERENCE)
  else return value
  return undefined
}

const BLANK_REFERENCE = { message: 'oppref is blank; it was left out.' }

/** Judged as written and not in lower case: Unicode has letters outside ASCII whose lower case is inside it. */
const CUSTOM_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/

/** Judges the name of a custom event and gives it as the API keeps it: lowercase. */
export function judgeCustomName(name: string, context: Context): string {
  if (name.length > MAX_CUSTOM_NAME_LENGTH || !CUSTOM_NAME.test(name)) {
    report(context, 'invalid_custom_event_name', 'custom_event_name', { message: customNameFault(name) })
    judgeText(name, 'custom_event_name', context)
    return name
  }
  const lower = name.toLowerCase()
  if (isStandardName(lower)) report(context, 'reserved_custom_event_name', 'custom_event_name')
  else if (lower !== name) report(context, 'custom_event_name_lowercased', 'custom_event_name')
  return lower
}

function customNameFault(name: string): string {
  if (name === '') return 'custom_event_name must not be empty.'
  if (isLonger(name, MAX_CUSTOM_NAME_LENGTH))
    return `custom_event_name is longer than the ${MAX_CUSTOM_NAME_LENGTH} characters that the API takes.`
  if (/\s/.test(name)) return 'custom_event_name has white space; use _ or - instead.'
  if (/^[_-]|[_-]$/.test(name)) return 'custom_event_name must begin and end with a letter or digit.'
  return 'custom_event_name has characters other than ASCII letters, digits, _ and -.'
}
