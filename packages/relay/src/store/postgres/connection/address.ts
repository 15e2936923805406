import { readFileSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'
import type { ClientConfig } from 'pg'
import { StoreUnusableError } from '../../errors.ts'
import { maskUrl, readDatabaseUrl, secretsIn, type UrlParts, WRITE_URL } from './database-url.ts'

const DEFAULT_PORT = 5432

/** Where the database is, and how it is talked to. Throws `StoreUnusableError` for a URL that says too little, or to do it in the clear. */
export function addressOf(url: string): ClientConfig {
  const parts = readDatabaseUrl(url)
  if (parts === undefined)
    throw new StoreUnusableError('The setting of the store is no URL of a PostgreSQL database.', WRITE)
  const { host, port, user, password, database } = parts
  if (database === '') throw new StoreUnusableError(`The URL of the store names no database: ${maskUrl(url)}.`, WRITE)
  if (host === '') throw new StoreUnusableError(`The URL of the store names no host: ${maskUrl(url)}.`, WRITE)
  return {
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    user,
    password,
    database,
    ssl: tlsOf(parts),
  }
}

/** A text from which the password of a URL is taken out, as it stands in it and as it is meant. */
export function withoutPassword(text: string, url: string): string {
  return secretsIn(url).reduce((masked, secret) => masked.replaceAll(secret, '…'), text)
}

const WRITE = { hint: `${WRITE_URL.charAt(0).toUpperCase()}${WRITE_URL.slice(1)}.` }

/** This machine: by a socket of its file system, or without a network. */
function isNear(host: string): boolean {
  const name = host.toLowerCase()
  return name.startsWith('/') || name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}

/** Who answers is verified, unless it is this machine. A certificate of one's own is named by `sslrootcert`. */
function tlsOf({ host, options }: UrlParts): ClientConfig['ssl'] {
  const mode = options.get('sslmode')
  if (isNear(host) && (mode === null || mode === 'disable')) return false
  if (mode !== null && mode !== 'verify-full') {
    throw new StoreUnusableError(`The store at ${host} is to be talked to with sslmode=${mode}.`, {
      hint: 'Leave sslmode out, or write verify-full: other than to this machine, the server is always verified. sslrootcert=/path/ca.pem names a certificate of your own.',
    })
  }
  const authority = options.get('sslrootcert')
  return {
    rejectUnauthorized: true,
    // An address is no name that a server could be asked for: it is compared with the certificate alone.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...(authority !== null && { ca: readAuthority(authority) }),
  }
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new StoreUnusableError(`The certificate that sslrootcert names cannot be read: ${path}.`, {
      hint: 'Check the path and its rights.',
      cause,
    })
  }
}
