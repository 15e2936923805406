import type { z } from 'zod'
import { type Answer, errorAnswer, type FieldError } from './answer.ts'

/** One 400 that names everything that is wrong with a request. Values are never repeated. */
export function faultsAnswer(issues: readonly z.core.$ZodIssue[]): Answer {
  const errors = issues.map(faultOf)
  const message = errors.map(({ param, message: text }) => (param === '' ? text : `${param}: ${text}`)).join('; ')
  return errorAnswer(400, message, { param: errors[0]?.param ?? null, code: 'invalid_request', errors })
}

function faultOf({ code, message, path, ...rest }: z.core.$ZodIssue): FieldError {
  const param = path.map(String).join('.')
  if (code !== 'unrecognized_keys' || !('keys' in rest)) return { code, message, param }
  return {
    code: 'unknown_field',
    message: `unknown field ${rest.keys.map(shown).join(', ')}`,
    param,
  }
}

/** A name that reads as one; any other is the caller's own text, and may be anything. */
function shown(key: string): string {
  return /^\w{1,64}$/.test(key) ? key : '[key]'
}
