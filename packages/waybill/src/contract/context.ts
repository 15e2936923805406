import { type Issue, type IssueCode, issue, type Severity } from './issue.ts'
import type { Contract } from './names.ts'

/** What one run of `check` knows and collects. */
export interface Context {
  readonly now: number
  readonly contract: Contract
  /** A malformed user field is dropped with a warning instead of refusing the event. */
  readonly dropIdentity: boolean
  readonly keepUrlQuery: boolean
  readonly maxAheadMs: number
  readonly leastTimeLeftMs?: number
  readonly issues: Issue[]
}

export interface About {
  message?: string | undefined
  /** A function where finding the hint is work. */
  hint?: string | (() => string | undefined) | undefined
}

/** So many issues get a hint of their own. The rest get that of their code: no event of a stranger may cost seconds. */
const MAX_OWN_HINTS = 100

export function report(context: Context, code: IssueCode, path: string, about?: About): void {
  context.issues.push(issue(code, path, about && { ...about, hint: hintOf(about, context) }))
}

function hintOf({ hint }: About, { issues }: Context): string | undefined {
  if (typeof hint !== 'function') return hint
  return issues.length < MAX_OWN_HINTS ? hint() : undefined
}

/** Reports with another severity than the list has for the code. */
export function reportAs(severity: Severity, context: Context, code: IssueCode, path: string, about: About = {}): void {
  context.issues.push(issue(code, path, { ...about, hint: hintOf(about, context), severity }))
}

/** Reports a fault of a `user` field: an error, or a warning where the field is dropped. */
export function reportIdentity(context: Context, code: IssueCode, path: string, about?: About): void {
  if (context.dropIdentity) reportAs('warning', context, code, path, about)
  else report(context, code, path, about)
}

/** Makes warnings of all issues since `mark`: what they say does not stop the event. */
export function asWarnings(issues: Issue[], mark: number): void {
  for (let index = mark; index < issues.length; index++) issues[index] = { ...issues[index]!, severity: 'warning' }
}

/** Puts `prefix` before the paths of all issues since `mark`, so that paths cost nothing while all is well. */
export function prefixPaths(context: Context, mark: number, prefix: string): void {
  const { issues } = context
  for (let index = mark; index < issues.length; index++) {
    const found = issues[index]!
    issues[index] = { ...found, path: found.path === '' ? prefix.replace(/\.$/, '') : prefix + found.path }
  }
}

/** Where it is not `a` and the name of the type. */
const TYPE_IN_WORDS: Readonly<Record<string, string>> = {
  array: 'an array',
  object: 'an object',
  integer: 'a whole number',
  undefined: 'undefined',
}

const inWords = (type: string): string => TYPE_IN_WORDS[type] ?? `a ${type}`

/** The JSON type of a value, in words; never the value. */
export function typeInWords(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'not a finite number'
  return Array.isArray(value) ? 'an array' : inWords(typeof value)
}

/** The wrong type, in words: what it is and what it should be; never the value. */
export function wrongType(context: Context, path: string, expected: string, value: unknown): void {
  const subject = path === '' ? 'It' : path
  const hint = value === null ? 'Leave the field out when there is no value.' : undefined
  report(context, 'invalid_type', path, {
    message: `${subject} must be ${inWords(expected)}, and is ${typeInWords(value)}.`,
    hint,
  })
}
