import {
  type CheckResult,
  type ContractSetting,
  check,
  type Issue,
  issue,
  LEAST_TIME_LEFT_MS,
  type WireEvent,
} from 'waybill'
import { type Candidate, createSeen, hasErrors, withoutRefunds } from '../files/index.ts'
import { inColumnTerms } from './column-terms.ts'

/** What the local checks say of one event of a file. */
export type Judged =
  | { readonly kind: 'good'; readonly event: WireEvent; readonly warnings: readonly Issue[] }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  | { readonly kind: 'duplicate' }

/** Judges events one after the other and remembers which keys it has seen. */
export interface Judge {
  judge(candidate: Candidate): Judged
  close(): void
}

export interface JudgeOptions {
  readonly contract: ContractSetting
  readonly now: () => number
  /** Whether events of several files are to be held against each other; within one file its first reading did. */
  readonly acrossFiles?: boolean
}

/** A file's optional fields must not cost a conversion, so a malformed `user` field is dropped with a warning. */
export function createJudge({ contract, now, acrossFiles = false }: JudgeOptions): Judge {
  const seen = acrossFiles ? createSeen() : undefined
  return {
    judge(candidate) {
      if (candidate.kind !== 'event') return { kind: 'duplicate' }
      if (candidate.input === undefined) return { kind: 'refused', issues: candidate.issues }
      const options = { now: now(), contract, invalidIdentity: 'drop', leastTimeLeftMs: LEAST_TIME_LEFT_MS } as const
      const { input, issues } = withTime(candidate, options.now)
      const result = inTermsOf(candidate, check(input, options))
      if (!result.ok) return { kind: 'refused', issues: [...issues, ...notSaidYet(result.issues, issues)] }
      if (hasErrors(issues)) return { kind: 'refused', issues: [...issues, ...result.warnings] }
      const { event } = result
      const found = seen?.classify(keyOf(event), JSON.stringify(event))
      if (found === 'duplicate') return { kind: 'duplicate' }
      if (found === 'conflict') return { kind: 'refused', issues: [issue('conflicting_repeat', '')] }
      const warnings = issues.length === 0 ? result.warnings : [...issues, ...result.warnings]
      return orderOf(event, warnings, candidate.refundIn)
    },
    close: () => seen?.close(),
  }
}

/** An order of less than nothing is a refund; one of nothing took place and is told. */
function orderOf(event: WireEvent, warnings: readonly Issue[], column: string | undefined): Judged {
  const { amount } = event.data as { readonly amount?: number }
  if (event.type !== 'order_created' || amount === undefined || amount > 0) return { kind: 'good', event, warnings }
  if (amount === 0) return { kind: 'good', event, warnings: [...warnings, issue('order_of_nothing', 'data.amount')] }
  const refused: Issue = {
    ...issue('negative_amount', 'data.amount'),
    severity: 'error',
    message: NEGATIVE,
    hint: column === undefined ? NEGATIVE_HINT : `Leave such rows out in a map: ${withoutRefunds(column)}.`,
  }
  return { kind: 'refused', issues: [refused, ...warnings.filter(({ code }) => code !== 'negative_amount')] }
}

const NEGATIVE = 'The amount of the order is below zero: that is a refund or a correction, no order.'
const NEGATIVE_HINT = 'Leave such rows out with "where" in a map.'

/** Who brought a table is told of its columns, not of names it never had. */
function inTermsOf({ rows }: Candidate, result: CheckResult): CheckResult {
  if (rows[0]?.cells === undefined) return result
  if (!result.ok) return { ok: false, issues: result.issues.map(inColumnTerms) }
  return result.warnings.length === 0 ? result : { ...result, warnings: result.warnings.map(inColumnTerms) }
}

type Readable = Pick<Candidate, 'input' | 'issues'>

/**
 * The event of a table's row is in the friendly form, and its time is what marks that form. Where the time is missing or was
 * unreadable, any other stands in for it, so that the rest is judged as what it is.
 */
function withTime({ input, issues, rows }: Candidate, nowMs: number): Readable {
  const event = input as Readonly<Record<string, unknown>>
  const isWhole = input === rows[0]?.object
  if (isWhole || event['timestamp'] !== undefined || event['timestamp_ms'] !== undefined) return { input, issues }
  const isSaid = issues.some(({ code, severity }) => severity === 'error' && familyOf(code) === 'time')
  const missing = issue('missing_field', 'timestamp', { message: 'timestamp is missing.' })
  return { input: { ...event, timestamp: nowMs }, issues: isSaid ? issues : [...issues, missing] }
}

/** The dedup key of the API within one pixel. No event name holds the sign between. */
function keyOf(event: WireEvent): string {
  const name = event.type === 'custom' ? event.custom_event_name : event.type
  return `${name}\0${event.id}`
}

/** A cell that could not be read leaves its field out or unread; what follows from that alone is not said a second time. */
function notSaidYet(found: readonly Issue[], said: readonly Issue[]): readonly Issue[] {
  if (said.length === 0) return found
  const families = new Set(said.map(({ code }) => familyOf(code)))
  return found.filter(({ code, path }) => {
    const family = familyOf(code === 'missing_field' || code === 'invalid_type' ? path : code)
    return family === undefined || !families.has(family)
  })
}

function familyOf(word: string): string | undefined {
  return /timestamp|local_time/.test(word) ? 'time' : /amount/.test(word) ? 'amount' : undefined
}
