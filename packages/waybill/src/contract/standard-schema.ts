import type { CheckOptions, CheckResult } from './check.ts'
import type { WireEvent } from './event.ts'
import type { FriendlyEvent } from './friendly-event.ts'
import type { Issue } from './issue.ts'

/** What the Standard Schema convention (version 1) asks of a schema, so that tRPC, Hono, TanStack Form and others take it as it is. */
export interface StandardSchema<Input, Output> {
  /** The convention's own door; libraries read it, programs need not. */
  readonly '~standard': StandardSchemaProps<Input, Output>
}

/** The convention's version, the maker, and the check itself. */
export interface StandardSchemaProps<Input, Output> {
  /** Version of the convention. Always 1. */
  readonly version: 1
  /** Who made the schema. Always `'waybill'`. */
  readonly vendor: 'waybill'
  /** Judges a value: `{ value }` is the wire event to send, `{ issues }` is why there is none. */
  readonly validate: (value: unknown) => StandardResult<Output>
  /** For the compiler only: what goes in and what comes out. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined
}

/** What `validate` gives. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One reason. */
export interface StandardIssue {
  /** What is wrong and, where it is known, what to do. Never a personal value. */
  readonly message: string
  /** Where: `['data', 'contents', 0, 'amount']`. */
  readonly path: readonly (string | number)[]
}

/** `check` as a schema: a friendly or a wire event in, the wire event out. */
export type EventSchema = StandardSchema<FriendlyEvent, WireEvent>

/** What `check` may be told for all values of a schema. */
export interface SchemaOptions extends Omit<CheckOptions, 'now'> {
  /** The clock by which the time window is judged, Unix milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Makes a schema of `check`; warnings pass, as they do not stop an event. */
export function schemaOf(
  check: (input: unknown, options: CheckOptions) => CheckResult,
  { now = Date.now, ...options }: SchemaOptions = {},
): EventSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'waybill',
      validate(value) {
        const result = check(value, { ...options, now: now() })
        return result.ok ? { value: result.event } : { issues: result.issues.flatMap(standardIssues) }
      },
    },
  }
}

/** None for a warning. */
function standardIssues({ severity, message, hint = '', path }: Issue): StandardIssue[] {
  if (severity !== 'error') return []
  return [
    {
      message: `${message} ${hint}`.trim(),
      path: path
        .split(/[.[\]]+/)
        .filter(Boolean)
        .map(stepOf),
    },
  ]
}

const stepOf = (step: string): string | number => (Number(step) >= 0 ? Number(step) : step)
