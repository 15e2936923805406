import { nearestKey } from 'waybill'
import { type Environment, KNOWN_VARIABLES } from './environment.ts'
import type { Settings } from './schema.ts'

/**
 * Variables that are nearly one of ours and do nothing, each with what was probably meant: a name that was mistyped sets nothing and
 * would otherwise say nothing. Others that begin like ours are left alone: Kubernetes, for one, makes some for a service of our name.
 */
export function strayVariables(env: Environment, settings: Settings): string[] {
  const used = new Set([...KNOWN_VARIABLES, ...namedVariables(settings)])
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('WAYBILL') || !env[name] || used.has(name)) return []
    const meant = nearestKey(name, KNOWN_VARIABLES)
    return meant === undefined ? [] : [`${name} is no variable of ours and does nothing: did you mean ${meant}?`]
  })
}

/** Those that hold the secrets of the configuration. */
function namedVariables({ pixels, intakeTokens, adminTokens, sources }: Settings): (string | undefined)[] {
  return [
    ...pixels.map(({ apiKeyEnv }) => apiKeyEnv),
    ...[...intakeTokens, ...adminTokens].map(({ tokenEnv }) => tokenEnv),
    ...sources.map(({ secretEnv }) => secretEnv),
  ]
}
