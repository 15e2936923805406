import { isLoopbackHost } from '../config/index.ts'

/** Who asks, as far as the connection and the headers tell. */
export interface Caller {
  readonly remoteAddress: string | undefined
  /** The address of ours that was reached; `undefined` for requests that came by no socket. */
  readonly localAddress: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Headers of a proxy: then the connection from this machine says nothing of who asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/**
 * True for a program on this machine. The `Host` must be ours, or a page of elsewhere could reach us by a name that it made
 * resolve to loopback; and a page of another origin, whatever it calls us, is not a program on this machine.
 */
export function isLocal({ remoteAddress, localAddress = '127.0.0.1', headers }: Caller): boolean {
  if (!isLoopbackHost(remoteAddress ?? '') || !isLoopbackHost(localAddress)) return false
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false
  const host = textOf(headers['host'])
  if (!isLoopbackHost(hostnameOf(host))) return false
  const origin = headers['origin']
  return origin === undefined || textOf(origin).toLowerCase() === `http://${host.toLowerCase()}`
}

function hostnameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}
