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
    if (field !== undefined && sent === value) continue
    changes ??= new Map()
    changes.set(key, sent)
  }
  return (changes === undefined ? user : withChanges(user, changes, context)) as WireUser | undefined
}

/** The value under a key that this generation does not have, as it is sent under the key that it has. */
function judgeForeign(value: unknown, key: string, context: Context): unknown {
  const field = TRANSLATED_FIELDS[context.contract].get(key)
  return field === undefined ? reportUnknown(key, context) : judgeTranslated(value, key, field, context)
}

/** A copy, made in one go: a copy for each change would take quadratic time. */
function withChanges(
  user: PlainObject,
  changes: ReadonlyMap<string, unknown>,
  context: Context,
): PlainObject | undefined {
  const kept = new Map([...Object.entries(user), ...changes])
  for (const [key, sent] of changes) {
    const field = TRANSLATED_FIELDS[context.contract].get(key)
    if (field === undefined) continue
    const own = kept.get(field.key)
    kept.delete(key)
    if (sent !== undefined) kept.set(field.key, own === undefined ? sent : joined(own, sent, field, key, context))
  }
  const entries = [...kept].filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** What an event says under the keys of both generations: one list, or the value under the key that the contract has. */
function joined(own: unknown, other: unknown, field: UserField, key: string, context: Context): unknown {
  if (field.list) return [...new Set([...(own as unknown[]), ...(other as unknown[])])]
  if (own !== other) reportFirstOnly(context, key)
  return own
}

function judgeField(value: unknown, key: string, field: UserField, context: Context): unknown {
  if (!field.list && typeof value === 'string') return judgeOne(value, key, field, context)
  if (field.list && Array.isArray(value)) return judgeList(value, key, field, context)
  return field.list || TRANSLATED_FIELDS['2026-11'].has(key)
    ? judgeTranslated(value, key, field, context)
    : notText(context, key, field, value)
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
    const sent = judgeOne(element, `${key}[${index}]`, field, context)
    if (sent !== undefined) good.push(sent)
    else refused ||= context.issues[mark]?.severity === 'error'
    same &&= sent === element
  }
  if (length < value.length) notText(context, `${key}[${length}]`, ONE, undefined)
  if (good.length > MAX_IDENTITIES_PER_LIST && new Set(good).size > MAX_IDENTITIES_PER_LIST) {
    report(context, 'too_many_values', key)
  }
  if (same) return value
  return good.length === 0 || (refused && !context.dropIdentity) ? undefined : good
}

/** The text to send; `undefined` where it may not be sent. `path` is a key, or an element of the list under it. */
function judgeOne(value: unknown, path: string, field: UserField, context: Context): string | undefined {
  if (typeof value !== 'string') return notText(context, path, ONE, value)
  const finding = findingOf(value, field.judge)
  return finding === undefined ? value : judgeFinding(finding, path, context)
}

function judgeFinding({ code, as, message, value }: Finding, path: string, context: Context): string | undefined {
  if (as !== 'malformed') report(context, code, path, { message: message && `user.${path}: ${message}` })
  else if (!path.endsWith(']')) reportIdentity(context, code, path, { message: message && `user.${path}: ${message}` })
  // The API skips a malformed value of a list and keeps the event, so the rule is ours (specification, section 5).
  else
    reportIdentity(context, 'invalid_list_value', path, {
      message: `user.${path}: ${message ?? 'It is not what this list holds.'} The API would skip it silently.`,
    })
  return as === 'sent' ? value : undefined
}

/** One value and a list of one value are the same: what the other generation writes, as this one sends it. */
function judgeTranslated(value: unknown, key: string, field: UserField, context: Context): unknown {
  const many = Array.isArray(value)
  if (!many && typeof value !== 'string') {
    return notText(context, key, field, value)
  }
  const given: readonly unknown[] = many ? value.slice(0, denseLength(value)) : [value]
  const mark = context.issues.length
  const good = given.flatMap(
    (element, index) => judgeOne(element, many ? `${key}[${index}]` : key, field, context) ?? [],
  )
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

const ONE = { list: false }

/** `null` is no value; every other one is of the wrong type. */
function notText(context: Context, key: string, { list }: { list: boolean }, value: unknown): undefined {
  if (value === null) return report(context, 'means_nothing', key) as undefined
  reportIdentity(context, 'invalid_type', key, {
    message: `user.${key} must be ${list ? 'an array of strings' : 'a string'}, and is ${typeInWords(value)}.`,
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
