import type { PlainObject } from '../../contract/plain.ts'
import { ConfigError } from '../../errors.ts'
import { isGiven } from '../consent.ts'
import { callName } from '../mapping/mapping.ts'
import { objectOf, text } from '../read.ts'

/** Names that consent managers give to what advertising falls under; `C0004` is OneTrust's number for targeting. */
const ADVERTISING = ['advertising', 'ads', 'marketing', 'targeting', 'ad_storage', 'ad_user_data', 'c0004'] as const

/** The option `consentCategories`: which of a shop's categories must not be denied. */
export function consentCategories(given: readonly string[] | undefined): ReadonlySet<string> {
  const names: unknown = given ?? ADVERTISING
  if (Array.isArray(names) && names.every((name) => text(name) !== undefined))
    return new Set(names.map((name) => callName(name as string)))
  throw new ConfigError('invalid_option', 'The option consentCategories is a list of names of categories.')
}

/** True where the call says that consent was denied for one of the categories. */
export function isDenied(context: PlainObject, categories: ReadonlySet<string>): boolean {
  return deniedIn(context).some((name) => categories.has(callName(name)))
}

/** Segment's `consent.categoryPreferences`, purposes beside it (`ad_storage: "denied"`), and RudderStack's `consentManagement.deniedConsentIds`. */
function deniedIn(context: PlainObject): string[] {
  const { categoryPreferences, ...purposes } = objectOf(context['consent'])
  const preferences = { ...purposes, ...objectOf(categoryPreferences) }
  const denied = [objectOf(context['consentManagement'])['deniedConsentIds']].flat().map(text)
  return [
    ...Object.entries(preferences).flatMap(([name, choice]) => (isGiven(choice) ? [] : [name])),
    ...denied.filter((name) => name !== undefined),
  ]
}
