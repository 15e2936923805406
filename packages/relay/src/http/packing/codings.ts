/** What a caller can unpack, by its `Accept-Encoding`. */
export function acceptedCodings(header: string | string[] | undefined): ReadonlySet<string> {
  const parts = String(header ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
  return new Set(parts.filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part)).map((part) => part.replace(/\s*;.*$/, '')))
}
