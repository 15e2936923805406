import type { Caller } from '../caller.ts'
import { headerOf, type Way, wayOf } from './page-origin.ts'

/** Only a page of the very host over https can set a cookie of this name, and no subdomain can put another in its place. */
const HTTPS_COOKIE = '__Host-waybill'
const SAME = 'Path=/; HttpOnly; SameSite=Strict'

type CookieWay = Exclude<Way, { kind: 'plain' }>

/** The `Set-Cookie` that gives a browser its session. */
export function sessionCookie(way: CookieWay, secret: string, maxAgeSeconds: number): string {
  return `${cookieName(way)}=${secret}; ${attributesOf(way)}; Max-Age=${maxAgeSeconds}`
}

/** The `Set-Cookie` that takes it away. */
export function endedCookie(way: CookieWay): string {
  return `${cookieName(way)}=; ${attributesOf(way)}; Max-Age=0`
}

/**
 * The session that a request shows. The cookie of https counts whatever `Host` a proxy sends, since no other page can set it; that of this
 * machine counts on this machine alone.
 */
export function shownSession(caller: Caller, publicUrl: string | undefined): string | undefined {
  const cookies = cookiesOf(caller)
  if (publicUrl !== undefined && cookies.has(HTTPS_COOKIE)) return cookies.get(HTTPS_COOKIE)
  const way = wayOf(caller, publicUrl)
  return way.kind === 'loopback' ? cookies.get(cookieName(way)) : undefined
}

/** Two relays on one machine share their cookies, so the port is in the name. */
function cookieName(way: CookieWay): string {
  return way.kind === 'https' ? HTTPS_COOKIE : `waybill-${way.port}`
}

function attributesOf({ kind }: CookieWay): string {
  return kind === 'https' ? `${SAME}; Secure` : SAME
}

function cookiesOf(caller: Caller): ReadonlyMap<string, string> {
  const pairs = (headerOf(caller, 'cookie') ?? '').split(';').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const
  })
  // The first of a name is the one of the longest path, and ours all have the same.
  return new Map(pairs.reverse())
}
