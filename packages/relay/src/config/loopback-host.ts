import { isIPv4 } from 'node:net'

/** True for the names and addresses of this machine alone; a name that DNS could answer is none. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true
  const v4 = name.replace(/^::ffff:/, '')
  return v4.startsWith('127.') && isIPv4(v4)
}
