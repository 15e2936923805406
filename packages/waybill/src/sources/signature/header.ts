/** Headers as a `Request` has them, or as Node does. */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A signature header is a few hundred characters; more is nobody's signature, and work for us. */
const MAX_HEADER_LENGTH = 4_096

/** A header by its name in any case; `undefined` where it is missing, empty, repeated or absurdly long. */
export function headerOf(headers: HeaderSource, name: string): string | undefined {
  const value = isGetter(headers) ? headers.get(name) : recordValue(headers, name)
  return typeof value === 'string' && value !== '' && value.length <= MAX_HEADER_LENGTH ? value.trim() : undefined
}

function isGetter(headers: HeaderSource): headers is { get(name: string): string | null } {
  return typeof headers['get' as keyof HeaderSource] === 'function'
}

function recordValue(headers: Readonly<Record<string, string | readonly string[] | undefined>>, name: string): unknown {
  const wanted = name.toLowerCase()
  const values = Object.keys(headers).flatMap((key) => (key.toLowerCase() === wanted ? headers[key] : undefined) ?? [])
  return values.length === 1 ? values[0] : undefined
}
