/** What a consent says: yes in plain words, or nothing at all. */
const GIVEN: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  true,
  1,
  'true',
  'granted',
  'yes',
  '1',
  'unspecified',
  'consent_unspecified',
])

/** What does not plainly say yes is a no; where nothing is said, nobody denied. */
export function isGiven(choice: unknown): boolean {
  return GIVEN.has(typeof choice === 'string' ? choice.trim().toLowerCase() : choice)
}
