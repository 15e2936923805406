import { ConfigError } from '../errors.ts'

const SWITCH = 'NODE_TLS_REJECT_UNAUTHORIZED'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Throws a {@link ConfigError} where the environment has certificates unchecked: key and events would go to whoever answers in
 * the API's name. Default: the environment of the runtime, if it has one.
 */
export function requireCheckedTls(env?: Environment): void {
  if ((env ?? runtimeEnvironment())[SWITCH] !== '0') return
  throw new ConfigError('unchecked_tls', `${SWITCH} is 0, with which the key would go to whoever answers.`, {
    hint: 'Unset it: certificates are always checked. Name an authority of your own in NODE_EXTRA_CA_CERTS.',
  })
}

/** What of it is needed, read at once: a runtime may have no environment, or forbid to look. */
function runtimeEnvironment(): Environment {
  try {
    const { process } = globalThis as { process?: { env?: Environment } }
    return { [SWITCH]: process?.env?.[SWITCH] }
  } catch {
    return {}
  }
}
