import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './environment.ts'

/** The file of secrets that `waybill init` writes beside the configuration. */
export const ENV_FILE = '.env.waybill'

/** The environment, and below it what the file of secrets in a folder says: a variable that is set, and not empty, wins. */
export function withEnvBeside(env: Environment, folder: string): Environment {
  const path = join(folder, ENV_FILE)
  if (!existsSync(path)) return env
  const given = Object.entries(env).filter(([, value]) => value)
  return { ...readEnv(path), ...Object.fromEntries(given) }
}

/** What cannot be read is as good as not there: what is missing then is told by its own name. */
function readEnv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}
