import { ConfigError } from '../errors.ts'

/** The API's own hosts: to them nothing ever goes in clear. */
const OF_THE_API = /(?:^|\.)openai\.com\.?$/i
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const HINT = 'endpoint is a base URL such as https://bzr.openai.com or http://127.0.0.1:8788.'
const HINT_OF_LIST =
  "Use https, or list this very name in allowHttp, as in ['relay'] (WAYBILL_ALLOW_HTTP=relay), where the network between is yours alone."

/** Throws a {@link ConfigError} where `http:` may not be used: the key and the events would travel in clear. */
export function requireAllowedHttp({ protocol, hostname }: URL, allowHttp: readonly string[]): void {
  if (protocol !== 'http:' || LOOPBACK.test(hostname)) return
  if (OF_THE_API.test(hostname)) throw refusal('endpoint must be https: nothing goes to the API in clear.', HINT)
  if (!allowHttp.includes(hostname.replace(/^\[|\]$/g, '')))
    throw refusal(
      'endpoint must be https: http is taken only for loopback and for what allowHttp lists, because the key travels in clear.',
      HINT_OF_LIST,
    )
  if (!mayBePrivate(hostname))
    throw refusal('endpoint must be https: a public address gets nothing in clear, whatever allowHttp lists.', HINT)
}

const refusal = (message: string, hint: string): ConfigError => new ConfigError('invalid_option', message, { hint })

/** What can be said without asking anybody: an address is private or not; a name may be, where it can be resolved before each request. */
function mayBePrivate(hostname: string): boolean {
  return isAddress(hostname) ? isPrivateAddress(hostname) : resolver() !== undefined || !hostname.includes('.')
}

const isAddress = (hostname: string): boolean => hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname)

const PRIVATE_V4 = /^(?:10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/

/** Private by RFC 1918 and RFC 4193, or loopback. Link-local is not: metadata services answer there. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1]
  if (!bare.includes(':') || mapped !== undefined) return PRIVATE_V4.test(mapped ?? bare)
  return bare === '::1' || /^f[cd][0-9a-f]{2}:/.test(bare)
}

type Resolve = (name: string, options: { readonly all: true }) => Promise<readonly { readonly address: string }[]>

/** The runtime's own way to resolve a name, where it has one. */
function resolver(): Resolve | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const dns = process?.getBuiltinModule?.('node:dns') as { promises?: { lookup?: Resolve } } | undefined
  return dns?.promises?.lookup
}

/**
 * `fetch` for an address in clear: before each request the name is resolved, and nothing is sent unless every address is private or
 * loopback. Where names cannot be resolved, {@link requireAllowedHttp} took names of one label only.
 */
export function privateOnly(send: typeof fetch, url: URL, resolve: Resolve | undefined = resolver()): typeof fetch {
  const { protocol, hostname } = url
  if (protocol !== 'http:' || LOOPBACK.test(hostname) || isAddress(hostname) || resolve === undefined) return send
  return async (input, init) => {
    const found = await resolve(hostname, { all: true })
    if (found.length === 0 || !found.every(({ address }) => isPrivateAddress(address)))
      throw Object.assign(new TypeError('The name leads to a public address, which gets nothing in clear.'), {
        code: 'HTTP_TO_PUBLIC_ADDRESS',
      })
    return send(input, init)
  }
}
