import { isLoopbackHost } from '../config/index.ts'

/** Who asks, as far as the connection and the headers tell. */
export interface Caller {
  readonly remoteAddress: string | undefined
  /** The address of ours that was reached; `undefined` for requests that came by no socket. */
  readonly localAddress: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Default: of a request that changes nothing. */
  readonly method?: string
}

/** Headers of a proxy: then the connection from this machine says nothing of who asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * True for a program on this machine. The `Host` must be ours, or a page of elsewhere could reach us by a name that it made
 * resolve to loopback; and a page of another origin, whatever it calls us, is not a program on this machine.
 */
export function isLocal(caller: Caller): boolean {
  if (!isFromHere(caller)) return false
  const { headers } = caller
  if (!OWN_PAGES.has(textOf(headers['sec-fetch-site'] ?? 'none'))) return false
  const origin = headers['origin']
  return origin === undefined || textOf(origin).toLowerCase() === `http://${textOf(headers['host']).toLowerCase()}`
}

/** True where the connection begins and ends on this machine and our name is used, whichever page a browser shows. */
export function isFromHere({ remoteAddress, localAddress = '127.0.0.1', headers }: Caller): boolean {
  if (!isLoopbackHost(remoteAddress ?? '') || !isLoopbackHost(localAddress)) return false
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false
  return isLoopbackHost(hostnameOf(textOf(headers['host'])))
}

/** What a browser says of a request by a page of ours, or by its user; nothing is said by programs, and by browsers of before 2023. */
const OWN_PAGES: ReadonlySet<string> = new Set(['same-origin', 'none'])
const JSON_TYPE = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * True for a body of a type that a page of any origin may send without asking, and that says so. A body without a type can come from a
 * page too, but only from one whose browser says where it is from.
 */
export function mayBeForm({ headers }: Caller): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return hasBody && headers['content-type'] !== undefined && !JSON_TYPE.test(textOf(headers['content-type']))
}

/** True for a body that a page of another origin cannot send without asking first. */
export function isJson({ headers }: Caller): boolean {
  return JSON_TYPE.test(textOf(headers['content-type']))
}

function hostnameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}
