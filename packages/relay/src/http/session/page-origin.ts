import { type Caller, isFromHere } from '../caller.ts'

/** How a browser reaches the relay, as far as that decides whether people may log in, and with which cookie. */
export type Way =
  /** Through a proxy with TLS, under the address of the configuration. */
  | { readonly kind: 'https'; readonly origin: string }
  /** From this machine, which `ssh -L` counts as. */
  | { readonly kind: 'loopback'; readonly origin: string; readonly port: number }
  /** In the clear, where whoever listens would have the session. */
  | { readonly kind: 'plain' }

/**
 * The way of a request. A browser says with each write where its page is from; a proxy hands that on as it is, whatever it makes of `Host`.
 * Without it `Host` decides.
 */
export function wayOf(caller: Caller, publicUrl: string | undefined): Way {
  const origin = headerOf(caller, 'origin')
  if (publicUrl !== undefined && isAtPublicUrl(caller, origin, publicUrl)) return { kind: 'https', origin: publicUrl }
  if (!isFromHere(caller)) return { kind: 'plain' }
  const host = (headerOf(caller, 'host') ?? '').toLowerCase()
  return { kind: 'loopback', origin: `http://${host}`, port: Number(/:(\d+)$/.exec(host)?.[1] ?? 80) }
}

/** Whether a request comes from a page of ours, and not from another that uses the browser's cookie. */
export function isFromOwnPage(caller: Caller, publicUrl: string | undefined): boolean {
  const origin = headerOf(caller, 'origin')?.toLowerCase()
  const site = headerOf(caller, 'sec-fetch-site')
  const way = wayOf(caller, publicUrl)
  return way.kind !== 'plain' && origin === way.origin && (site === undefined || site === 'same-origin')
}

function isAtPublicUrl(caller: Caller, origin: string | undefined, publicUrl: string): boolean {
  if (origin !== undefined) return origin.toLowerCase() === publicUrl
  const { host } = new URL(publicUrl)
  return [headerOf(caller, 'host'), headerOf(caller, 'x-forwarded-host')].some((one) => one?.toLowerCase() === host)
}

export function headerOf({ headers }: Caller, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
