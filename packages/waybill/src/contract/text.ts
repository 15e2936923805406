import { type Context, report, reportAs } from './context.ts'
import { containsEmail, isPhoneUnderKey, looksLikePhone, mentionsPhone, REMOVED } from './privacy.ts'

/** A stranger's key is quoted only when it reads like a key and not like somebody's address or number. */
export function safeKey(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) && key.replace(/\D/g, '').length < 7 ? key : '[key]'
}

/** Length in Unicode code points, counted only where it could matter. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && (text.length > 2 * limit || [...text].length > limit)
}

/** True for a text of nothing but white space. Most begin with a letter or digit, and none of those is blank. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 32 && first < 127) && text.trim() === ''
}

const MAY_BE_PERSONAL = /[@%+[\uff0b\uff20\ufe6b]|00/

/** Looks for personal values, and for what was left of one, in a text that travels in clear. `key` is the name it stands under. */
export function judgeText(text: string, path: string, context: Context, key?: string): void {
  // Most texts have nothing in them that every address, international number and mark of ours has.
  if (MAY_BE_PERSONAL.test(text) || (key !== undefined && isPhoneUnderKey(key, text)))
    reportPersonal(text, path, context, key)
}

function reportPersonal(text: string, path: string, context: Context, key: string | undefined): void {
  if (text === REMOVED) report(context, 'removed_value', path)
  if (containsEmail(text)) {
    report(context, 'email_outside_user', path, { message: `${path} contains an email address.` })
  }
  if (looksLikePhone(text) || (key !== undefined && isPhoneUnderKey(key, text))) {
    report(context, 'phone_outside_user', path, { message: `${path} is a phone number.` })
  } else if (mentionsPhone(text)) {
    reportAs('warning', context, 'phone_outside_user', path, { message: `${path} seems to have a phone number in it.` })
  }
}

/** Looks through a value that `isJson` found to be JSON, keys included. */
export function judgeJson(value: unknown, path: string, context: Context, key: string): void {
  if (typeof value === 'string') judgeText(value, path, context, key)
  else if (typeof value === 'number') judgeText(String(value), path, context, key)
  else if (Array.isArray(value)) judgeElements(value, path, context, key)
  else if (typeof value === 'object' && value !== null) judgeChildren(value, path, context)
}

function judgeChildren(object: object, path: string, context: Context): void {
  for (const [key, child] of Object.entries(object)) {
    judgeKey(key, path, context)
    judgeJson(child, `${path}.${safeKey(key)}`, context, key)
  }
}

function judgeElements(list: readonly unknown[], path: string, context: Context, key: string): void {
  for (const [index, element] of list.entries()) judgeJson(element, `${path}[${index}]`, context, key)
}

/** Looks for a personal value, and for what was left of one, in a key of the object at `path`. */
export function judgeKey(key: string, path: string, context: Context): void {
  if (key === REMOVED) report(context, 'removed_value', path)
  if (!containsEmail(key)) return
  report(context, 'email_outside_user', path, { message: `A key of ${path} contains an email address.` })
}
