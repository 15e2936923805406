import { asWarnings, type Context, report, reportIdentity, typeInWords } from './context.ts'
import type { WireUser } from './event.ts'
import { MAX_IDENTITIES_PER_LIST } from './limits.ts'
import { denseLength, type PlainObject, plain } from './plain.ts'
import { didYouMean, nearestKey } from './suggest.ts'
import { safeKey } from './text.ts'
import { hashedKey, identityOf, TRANSLATED_FIELDS, USER_FIELDS, type UserField } from './user-keys.ts'
import { type Finding, findingOf } from './user-values.ts'

/**
 * Judges `user`, in whichever generation's keys it is written. Gives the object to send: the same one, a copy with what was translated,
 * cleaned and left out, or `undefined` when nothing of it is left. Paths of issues are relative to `user`.
 */
export function judgeUser(given: PlainObject, context: Context): WireUser | undefined {
  const user = plain(given)
  const fields = USER_FIELDS[context.contract]
  let changes: Map<string, unknown> | undefined
  for (const key in user) {
    const value = user[key]
    const field = fields.get(key)
    if (value === undefined || (field === undefined && !Object.hasOwn(user, key))) continue
    const sent = field === undefined ? judgeForeign(value, key, context) : judgeField(value, key, field, context)
    if (sent === value) continue
    changes ??= new Map()
    changes.set(key, sent)
  }
  return (changes === undefined ? user : withChanges(user, changes, context)) as WireUser | undefined
}

/** A value under a key that this generation does not have, to be sent under the key that it has. */
class Translated {
  readonly field: UserField
  readonly value: unknown

  constructor(field: UserField, value: unknown) {
    this.field = field
    this.value = value
  }
}

function judgeForeign(value: unknown, key: string, context: Context): Translated | undefined {
  const field = TRANSLATED_FIELDS[context.contract].get(key)
  if (field !== undefined) return new Translated(field, judgeTranslated(value, key, field, context))
  reportUnknown(key, context)
  return undefined
}

/** A copy, made in one go: a copy for each change would take quadratic time. */
function withChanges(
  user: PlainObject,
  changes: ReadonlyMap<string, unknown>,
  context: Context,
): PlainObject | undefined {
  const kept = new Map<string, unknown>()
  for (const key of Object.keys(user)) {
    const sent = changes.has(key) ? changes.get(key) : user[key]
    if (!(sent instanceof Translated)) keep(kept, key, sent)
  }
  for (const [key, sent] of changes) {
    if (!(sent instanceof Translated) || sent.value === undefined) continue
    const { field, value } = sent
    keep(kept, field.key, kept.has(field.key) ? joined(kept.get(field.key), value, field, key, context) : value)
  }
  return kept.size === 0 ? undefined : Object.fromEntries(kept)
}

function keep(kept: Map<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) kept.set(key, value)
}

/** What an event says under the keys of both generations: one list, or the value under the key that the contract has. */
function joined(own: unknown, other: unknown, field: UserField, key: string, context: Context): unknown {
  if (field.list) return [...new Set([...(own as unknown[]), ...(other as unknown[])])]
  if (own !== other) reportFirstOnly(context, key)
  return own
}

function judgeField(value: unknown, key: string, field: UserField, context: Context): unknown {
  if (field.list)
    return Array.isArray(value) ? judgeList(value, key, field, context) : judgeTranslated(value, key, field, context)
  if (typeof value === 'string') return judgeString(value, key, field, context)
  return Array.isArray(value) && TRANSLATED_FIELDS['2026-11'].has(key)
    ? judgeTranslated(value, key, field, context)
    : wrongIdentityType(context, key, 'a string', value)
}

/** The string to send; `undefined` where it may not be sent. */
function judgeString(value: string, key: string, field: UserField, context: Context): string | undefined {
  const finding = findingOf(value, field.judge)
  if (finding === undefined) return value
  reportFinding(finding, key, context)
  return finding.as === 'sent' ? finding.value : undefined
}

function reportFinding({ code, as, message }: Finding, key: string, context: Context): void {
  const about = { message: message && `user.${key}: ${message}` }
  if (as === 'malformed') reportIdentity(context, code, key, about)
  else report(context, code, key, about)
}

/** The list to send: the same one, a copy without what may not be sent, or `undefined` when nothing is left. */
function judgeList(value: readonly unknown[], key: string, field: UserField, context: Context): unknown {
  const length = denseLength(value)
  let same = length === value.length
  let refused = !same
  const good: unknown[] = []
  for (let index = 0; index < length; index++) {
    const element = value[index]
    const mark = context.issues.length
    const sent = judgeElement(element, `${key}[${index}]`, field, context)
    if (sent !== undefined) good.push(sent)
    else refused ||= context.issues[mark]?.severity === 'error'
    same &&= sent === element
  }
  if (length < value.length) wrongIdentityType(context, `${key}[${length}]`, 'a string', undefined)
  if (good.length > MAX_IDENTITIES_PER_LIST && new Set(good).size > MAX_IDENTITIES_PER_LIST) {
    report(context, 'too_many_values', key)
  }
  if (same) return value
  return good.length === 0 || (refused && !context.dropIdentity) ? undefined : good
}

function judgeElement(element: unknown, path: string, field: UserField, context: Context): string | undefined {
  if (typeof element !== 'string') return wrongIdentityType(context, path, 'a string', element)
  const finding = findingOf(element, field.judge)
  if (finding === undefined) return element
  if (finding.as !== 'malformed') {
    reportFinding(finding, path, context)
    return finding.as === 'sent' ? finding.value : undefined
  }
  // The API skips a malformed value of a list and keeps the event, so the rule is ours (specification, section 5).
  const detail = finding.message ?? 'It is not what this list holds.'
  reportIdentity(context, 'invalid_list_value', path, {
    message: `user.${path}: ${detail} The API would skip it silently.`,
  })
  return undefined
}

/** One value and a list of one value are the same: what the other generation writes, as this one sends it. */
function judgeTranslated(value: unknown, key: string, field: UserField, context: Context): unknown {
  const many = Array.isArray(value)
  if (!many && typeof value !== 'string') {
    return wrongIdentityType(context, key, field.list ? 'an array of strings' : 'a string', value)
  }
  const given: readonly unknown[] = many ? value.slice(0, denseLength(value)) : [value]
  const mark = context.issues.length
  const good = given.flatMap((element, index) => {
    if (!many) return judgeString(element as string, key, field, context) ?? []
    return judgeElement(element, `${key}[${index}]`, field, context) ?? []
  })
  // Of the values of a list one is sent where the contract takes one: what is wrong with the others costs nothing.
  if (!field.list && good.length > 0) asWarnings(context.issues, mark)
  report(context, 'identity_translated', key, {
    message: `user.${key} is sent as contract "${context.contract}" writes it: ${field.list ? 'as a list' : 'one value'} under "${field.key}".`,
  })
  if (!field.list && new Set(good).size > 1) reportFirstOnly(context, key)
  if (good.length === 0) return undefined
  return field.list ? good : good[0]
}

function reportFirstOnly(context: Context, key: string): void {
  report(context, 'too_many_values', key, {
    message: `user.${key}: contract "${context.contract}" takes one value, and the first valid one was kept.`,
  })
}

function wrongIdentityType(context: Context, key: string, expected: string, value: unknown): undefined {
  reportIdentity(context, 'invalid_type', key, {
    message: `user.${key} must be ${expected}, and is ${typeInWords(value)}.`,
    hint: value === null ? 'Leave a field without a value out.' : undefined,
  })
}

function reportUnknown(key: string, context: Context): void {
  const { contract } = context
  const identity = identityOf(key)
  const target = hashedKey(key, contract)
  if (target !== undefined && !key.includes('sha256')) {
    return reportIdentity(context, 'raw_identity', safeKey(key), {
      hint: `Hash it and send it as "${target}", or use the friendly form, which hashes for you.`,
    })
  }
  const unsendable = identity !== undefined && target === undefined
  const inOther = USER_FIELDS[contract === '2026-06' ? '2026-11' : '2026-06'].has(key)
  if (!unsendable && !inOther) {
    const hint = (): string | undefined => didYouMean(target ?? nearestKey(key, USER_FIELDS[contract].keys()))
    return reportIdentity(context, 'unknown_field', safeKey(key), { hint })
  }
  const why = unsendable ? ': phone numbers and names are not sent, not even hashed' : ''
  const message = `user.${safeKey(key)} does not exist in contract "${contract}"${why}.`
  reportIdentity(context, 'identity_not_in_contract', safeKey(key), { message })
}
