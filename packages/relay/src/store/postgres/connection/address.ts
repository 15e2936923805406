import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import { StoreUnusableError } from '../../errors.ts'

const DEFAULT_PORT = 5432
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/

/** Where the database is, and how it is talked to. Throws `StoreUnusableError` for a URL that says too little, or to do it in the clear. */
export function addressOf(url: string): ClientConfig {
  const parsed = parse(url)
  const host = decodeURIComponent(parsed.hostname)
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (database === '') throw new StoreUnusableError(`The URL of the store names no database: ${maskUrl(url)}.`, WRITE)
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database,
    ssl: tlsOf(parsed, host),
  }
}

/** A URL as it may be shown. */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return 'postgres://…'
  const { username, host, pathname } = new URL(url)
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** A text from which the password of a URL is taken out, as it stands in it and as it is meant. */
export function withoutPassword(text: string, url: string): string {
  const { password } = new URL(url)
  const secrets = [password, decodeURIComponent(password)].filter((secret) => secret !== '')
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), text)
}

const WRITE = { hint: 'Write postgres://role@host/database.' }

function parse(url: string): URL {
  if (!/^postgres(?:ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new StoreUnusableError('The setting of the store is no URL of a PostgreSQL database.', WRITE)
  }
  return new URL(url)
}

/** Who answers is verified, unless it is this machine. A certificate of one's own is named by `sslrootcert`. */
function tlsOf({ searchParams }: URL, host: string): ClientConfig['ssl'] {
  const mode = searchParams.get('sslmode')
  const isNear = LOOPBACK.test(host)
  if (isNear && (mode === null || mode === 'disable')) return false
  if (mode !== null && mode !== 'verify-full') {
    throw new StoreUnusableError(`The store at ${host} is to be talked to with sslmode=${mode}.`, {
      hint: 'Leave sslmode out, or write verify-full: other than to this machine, the server is always verified. sslrootcert=/path/ca.pem names a certificate of your own.',
    })
  }
  const authority = searchParams.get('sslrootcert')
  return {
    rejectUnauthorized: true,
    servername: host,
    ...(authority !== null && { ca: readFileSync(authority, 'utf8') }),
  }
}
