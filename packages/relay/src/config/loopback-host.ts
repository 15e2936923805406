import { isIPv4 } from 'node:net'

/** True for the names and addresses of this machine alone; a name that DNS could answer is none. */
export function isLoopbackHost(host: string): boolean {
  // What nearly every request has is told at once.
  if (host === '127.0.0.1') return true
  const name = host.toLowerCase()
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true
  const v4 = name.replace(/^::ffff:/, '')
  return v4.startsWith('127.') && isIPv4(v4)
}
