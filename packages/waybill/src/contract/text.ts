import { type Context, report } from './context.ts'
import { containsEmail, isPhoneUnderKey, looksLikePhone } from './privacy.ts'

/** Looks for personal values in a text that travels in clear. `key` is the name it stands under. */
export function judgeText(text: string, path: string, context: Context, key?: string): void {
  if (text.includes('@') && containsEmail(text)) {
    report(context, 'email_outside_user', path, { message: `${path} contains an email address.` })
  }
  if ((text.includes('+') && looksLikePhone(text)) || (key !== undefined && isPhoneUnderKey(key, text))) {
    report(context, 'phone_outside_user', path, { message: `${path} looks like a phone number.` })
  }
}

/** Looks through any JSON value, keys included. */
export function judgeJson(value: unknown, path: string, context: Context, key: string): void {
  if (typeof value === 'string') judgeText(value, path, context, key)
  else if (typeof value === 'number') judgeText(String(value), path, context, key)
  else if (Array.isArray(value)) judgeElements(value, path, context, key)
  else if (typeof value === 'object' && value !== null) judgeChildren(value, path, context)
}

function judgeChildren(object: object, path: string, context: Context): void {
  for (const [key, child] of Object.entries(object)) {
    const safeKey = containsEmail(key) ? '[key]' : key
    if (safeKey !== key)
      report(context, 'email_outside_user', path, { message: `A key of ${path} contains an email address.` })
    judgeJson(child, `${path}.${safeKey}`, context, key)
  }
}

function judgeElements(list: readonly unknown[], path: string, context: Context, key: string): void {
  for (const [index, element] of list.entries()) judgeJson(element, `${path}[${index}]`, context, key)
}
