/** The parts of a URL of a PostgreSQL database, as they are meant. */
export interface UrlParts {
  /** A name, an address without brackets, or the folder of a socket; empty where it names none. */
  readonly host: string
  /** Empty where it names none. */
  readonly port: string
  readonly user: string
  readonly password: string
  readonly database: string
  readonly options: URLSearchParams
}

/** What to do about a URL that cannot be read. */
export const WRITE_URL =
  'write postgres://role:password@host/database, and in a password %40 for @, %2F for /, %3F for ?, %23 for # and %25 for %'

const FORM = /^postgres(?:ql)?:\/\/\S+$/
const NO_HOST = /^[^:]+:\/\/[/?#]/

/**
 * Reads it; `undefined` where it is none. An `@` behind the host is none either: then what stands before it is a part of a password, and
 * would be shown as host and database.
 */
export function readDatabaseUrl(url: string): UrlParts | undefined {
  if (!FORM.test(url) || !URL.canParse(url)) return undefined
  const { hostname, port, username, password, pathname, search, searchParams, hash } = new URL(url)
  const parts = [hostname, username, password, pathname.slice(1)].map(decoded)
  if (`${pathname}${search}${hash}`.includes('@') || parts.includes(undefined)) return undefined
  const [host, user, secret, database] = parts as string[]
  const socket = NO_HOST.test(url) ? searchParams.get('host') : null
  return {
    host: (socket ?? host!).replace(/^\[|\]$/g, ''),
    port,
    user: user!,
    password: secret!,
    database: database!,
    options: searchParams,
  }
}

/** A URL as it may be shown. */
export function maskUrl(url: string): string {
  if (readDatabaseUrl(url) === undefined) return 'postgres://…'
  const { username, host, pathname } = new URL(url)
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** What of it nobody may see: itself, and the password as it stands in it and as it is meant. */
export function secretsIn(url: string): string[] {
  const parts = readDatabaseUrl(url)
  if (parts === undefined) return [url]
  return parts.password === '' ? [] : [url, new URL(url).password, parts.password]
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
