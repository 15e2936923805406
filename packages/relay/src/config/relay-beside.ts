import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { withEnvBeside } from './env-beside.ts'
import type { Environment } from './environment.ts'
import { splitListen, urlOf } from './listen.ts'

/** The relay of the configuration beside a command: where it is, and the environment with the secrets that stand beside it. */
export interface RelayBeside {
  readonly url: string
  readonly env: Environment
}

/**
 * Reads no more than the address, so that a command which only asks a relay loads nothing of its settings. `undefined` where there is no
 * configuration, or none that can be read: `waybill serve` says what is wrong with it.
 */
export function relayBeside(env: Environment, cwd: string = process.cwd()): RelayBeside | undefined {
  const path = resolve(cwd, env['WAYBILL_CONFIG'] || 'waybill.config.json')
  const all = withEnvBeside(env, dirname(path))
  const file = readObject(path)
  const listen =
    all['WAYBILL_ADMIN_LISTEN'] || file['adminListen'] || all['WAYBILL_LISTEN'] || file['listen'] || undefined
  if (typeof listen !== 'string' || !/:\d{1,5}$/.test(listen)) return undefined
  return { url: urlOf(splitListen(listen)), env: all }
}

function readObject(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
