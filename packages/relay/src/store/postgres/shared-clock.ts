/** The clock that relays share: the database's, or the one that a test moves. Milliseconds at a parameter, null for the former. */
export function sharedClock(parameter: string): string {
  return `coalesce(to_timestamp(${parameter}::float8 / 1000), clock_timestamp())`
}
