import type { InvalidIdentity } from '../contract/check.ts'
import type { EventInput } from '../contract/friendly-event.ts'
import { CONTRACT_SETTINGS, type ContractSetting } from '../contract/names.ts'
import { nearestKey } from '../contract/suggest.ts'
import { ConfigError } from '../errors.ts'
import type { Outcome } from './outcome.ts'
import { requireAllowedHttp } from './plain-http.ts'
import { type Runtime, systemRuntime } from './runtime.ts'

/** Takes `logger.warn({ pixelId }, 'message')`; pino and most others fit. Nothing personal and no key is ever passed. */
export interface Logger {
  /** What only a developer wants to know. */
  debug?(details: object, message: string): void
  /** What went as it should. */
  info?(details: object, message: string): void
  /** What somebody should look at. */
  warn?(details: object, message: string): void
  /** What was lost. */
  error?(details: object, message: string): void
}

export type Preflight = 'always' | 'novel' | 'never'

export interface ClientOptions<C extends ContractSetting = ContractSetting> {
  /** From the conversions tab in Ads Manager; the same as the pixel's. */
  readonly pixelId: string
  /** The Conversions API key. It stays on the server. */
  readonly apiKey: string
  /** The generation of the API's contract. Default `'2026-06'`; `'auto'` asks the account with `validate_only` which one it reads. */
  readonly contract?: C | undefined
  /** Base URL. Default `https://bzr.openai.com`; `http:` only to loopback and to what `allowHttp` lists. */
  readonly endpoint?: string | undefined
  /**
   * Names and addresses to which `http:` is taken, exactly as listed, such as `['relay']` for a container beside: never the API's own, and
   * only where every address behind the name is private or loopback. The key travels in clear there. Default: none.
   */
  readonly allowHttp?: readonly string[] | undefined
  /** Names your integration to the API. */
  readonly integrationSource?: string | undefined
  /**
   * The endpoint is a Waybill relay that does not say so in a header, as version 0.1.0: its answers about single events are believed.
   * Default `false`.
   */
  readonly endpointIsRelay?: boolean | undefined
  /**
   * Whether an event of ours may be sent with `validate_only`, to tell whether the API is judging before anything is refused for good.
   * Default `true`. Without it an event is refused only after another of its shape has passed; else it is `failed`.
   */
  readonly canary?: boolean | undefined
  /** What the API validates before it is sent for real. Default `'novel'`: the first event of each shape. */
  readonly preflight?: Preflight | undefined
  /** Default: the runtime's own `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** One attempt. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** One call of `send`, waiting included. Default 120,000. */
  readonly totalTimeoutMs?: number | undefined
  /** Tries of one request against a passing fault; the steps of isolation do not count. Default 8. */
  readonly maxAttempts?: number | undefined
  /** Largest request body in UTF-8 bytes. Default 4,000,000. */
  readonly maxBodyBytes?: number | undefined
  /** Requests at a time. Default 4. */
  readonly concurrency?: number | undefined
  /** What a malformed `user` field does: `'refuse'` its event (default of `send`), or `'drop'` the field with a warning (of `track`). */
  readonly invalidIdentity?: InvalidIdentity | undefined
  /** `'strip'` (default) removes query and fragment of `source_url`, as official guidance asks. */
  readonly sourceUrlQuery?: 'strip' | 'keep' | undefined
  /** Told what happens on the way; default is nobody. Fits pino and `console`. */
  readonly logger?: Logger | undefined

  /**
   * `track`: called once for each event with what became of it and with the event as `track` was given it, so that what failed can be
   * tracked again; a promise is waited for. Without it and without `logger` the first event of each kind that is lost is told on the console.
   */
  readonly onOutcome?: ((outcome: Outcome, event: EventInput<C>) => unknown) | undefined
  /** `track`: told of every promise that must settle before a serverless function may be frozen. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** `track`: events that may wait; one more is reported as `queue_full`. Default 10,000. */
  readonly maxQueue?: number | undefined
  /** `track`: send as soon as so many wait. Default 100. */
  readonly flushAt?: number | undefined
  /** `track`: send what waits after this time. Default 1,000. */
  readonly flushIntervalMs?: number | undefined

  /** Clock, chance and waiting; for tests. */
  readonly runtime?: Runtime | undefined
}

/** The options with every default filled in and every rule checked. */
export interface Settings {
  readonly pixelId: string
  readonly contract: ContractSetting
  readonly url: string
  readonly integrationSource: string | undefined
  readonly preflight: Preflight
  readonly endpointIsRelay: boolean
  readonly canary: boolean
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  readonly totalTimeoutMs: number
  readonly maxAttempts: number
  readonly maxBodyBytes: number
  readonly concurrency: number
  readonly invalidIdentity: InvalidIdentity | undefined
  readonly sourceUrlQuery: 'strip' | 'keep'
  readonly logger: Logger
  readonly onOutcome: ClientOptions['onOutcome']
  /** Tells on the console what neither `onOutcome` nor `logger` would hear. */
  readonly isAlone: boolean
  readonly waitUntil: (promise: Promise<unknown>) => void
  readonly maxQueue: number
  readonly flushAt: number
  readonly flushIntervalMs: number
  readonly runtime: Runtime
}

export const DEFAULT_ENDPOINT = 'https://bzr.openai.com'

const WHOLE_NUMBERS = {
  timeoutMs: 30_000,
  totalTimeoutMs: 120_000,
  maxAttempts: 8,
  maxBodyBytes: 4_000_000,
  concurrency: 4,
  maxQueue: 10_000,
  flushAt: 100,
  flushIntervalMs: 1_000,
} as const

/** Every option, so that another one is found. */
const OPTIONS: Readonly<Record<keyof ClientOptions, true>> = {
  pixelId: true,
  apiKey: true,
  contract: true,
  endpoint: true,
  allowHttp: true,
  integrationSource: true,
  endpointIsRelay: true,
  canary: true,
  preflight: true,
  fetch: true,
  timeoutMs: true,
  totalTimeoutMs: true,
  maxAttempts: true,
  maxBodyBytes: true,
  concurrency: true,
  invalidIdentity: true,
  sourceUrlQuery: true,
  logger: true,
  onOutcome: true,
  waitUntil: true,
  maxQueue: true,
  flushAt: true,
  flushIntervalMs: true,
  runtime: true,
}

/** Fills in and checks the options. Throws a {@link ConfigError} that names the option and the remedy. */
export function readSettings(options: ClientOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigError('invalid_options', 'createClient needs an object with at least pixelId and apiKey.')
  }
  requireKnown(options)
  requireToken(options.pixelId, 'pixelId', 'Copy the Pixel ID from the conversions tab in Ads Manager.')
  requireToken(options.apiKey, 'apiKey', 'Set it from the environment, for example process.env.WAYBILL_API_KEY.')
  const { contract = '2026-06', preflight = 'novel', invalidIdentity, sourceUrlQuery = 'strip' } = options
  const { endpointIsRelay = false, canary = true } = options
  requireTypes(options)
  if (!CONTRACT_SETTINGS.includes(contract)) throw oneOf('contract', CONTRACT_SETTINGS)
  if (!['always', 'novel', 'never'].includes(preflight)) throw oneOf('preflight', ['always', 'novel', 'never'])
  if (invalidIdentity !== undefined && !['refuse', 'drop'].includes(invalidIdentity))
    throw oneOf('invalidIdentity', ['refuse', 'drop'])
  if (!['strip', 'keep'].includes(sourceUrlQuery)) throw oneOf('sourceUrlQuery', ['strip', 'keep'])
  return {
    ...wholeNumbers(options),
    pixelId: options.pixelId,
    contract,
    preflight,
    endpointIsRelay: endpointIsRelay === true,
    canary: canary !== false,
    invalidIdentity,
    sourceUrlQuery,
    url: eventsUrl(options.endpoint ?? DEFAULT_ENDPOINT, options.pixelId, readAllowHttp(options.allowHttp)),
    integrationSource: readIntegrationSource(options.integrationSource),
    fetch: readFetch(options.fetch),
    logger: quiet(options.logger),
    onOutcome: options.onOutcome,
    isAlone: options.onOutcome === undefined && options.logger === undefined,
    waitUntil: options.waitUntil ?? (() => {}),
    runtime: options.runtime ?? systemRuntime,
  }
}

/** An option that nobody reads would be a wish without effect, and nothing would say so. */
function requireKnown(options: object): void {
  const name = Object.keys(options).find((key) => !Object.hasOwn(OPTIONS, key))
  if (name === undefined) return
  const meant = nearestKey(name, Object.keys(OPTIONS))
  const hint = meant === undefined ? `The options are ${Object.keys(OPTIONS).join(', ')}.` : `Did you mean "${meant}"?`
  throw new ConfigError('unknown_option', `createClient has no option ${JSON.stringify(name.slice(0, 60))}.`, { hint })
}

/** What is called much later would fail much later, where nobody looks. */
function requireTypes({ onOutcome, waitUntil, logger }: ClientOptions): void {
  for (const [name, value] of Object.entries({ onOutcome, waitUntil })) {
    if (value !== undefined && typeof value !== 'function')
      throw new ConfigError('invalid_option', `${name} must be a function.`)
  }
  if (logger !== undefined && !['object', 'function'].includes(logger === null ? '' : typeof logger))
    throw new ConfigError('invalid_option', 'logger must be an object with functions such as warn.')
}

function requireToken(value: unknown, name: string, hint: string): void {
  if (typeof value !== 'string' || value.trim() === '')
    throw new ConfigError('missing_option', `createClient needs ${name}, a non-empty string.`, { hint })
  if (/^[!-~]+$/.test(value)) return
  const message = `${name} has white space or characters that none has; was it cut or quoted?`
  throw new ConfigError('invalid_option', message, { hint })
}

function readAllowHttp(value: unknown): readonly string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value
  throw new ConfigError('invalid_option', 'allowHttp must be a list of names or addresses.', {
    hint: "Write ['relay'].",
  })
}

/** A logger that fails must not fail a send. */
function quiet(logger: Logger | undefined): Logger {
  const write =
    (level: keyof Logger) =>
    (details: object, message: string): void => {
      try {
        logger?.[level]?.(details, message)
      } catch {
        // There is nobody left to tell.
      }
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function oneOf(name: string, allowed: readonly string[]): ConfigError {
  return new ConfigError('invalid_option', `${name} must be one of ${allowed.map((value) => `"${value}"`).join(', ')}.`)
}

function wholeNumbers(options: ClientOptions): Record<keyof typeof WHOLE_NUMBERS, number> {
  const names = Object.keys(WHOLE_NUMBERS) as (keyof typeof WHOLE_NUMBERS)[]
  return Object.fromEntries(names.map((name) => [name, readWholeNumber(name, options[name])])) as Record<
    keyof typeof WHOLE_NUMBERS,
    number
  >
}

function readWholeNumber(name: keyof typeof WHOLE_NUMBERS, value: number | undefined): number {
  if (value === undefined) return WHOLE_NUMBERS[name]
  const least = name === 'flushIntervalMs' ? 0 : 1
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new ConfigError('invalid_option', `${name} must be a whole number of at least ${least}.`)
}

/** The address events are posted to. A key never travels in clear, except to this machine and to what `allowHttp` lists. */
export function eventsUrl(endpoint: string, pixelId: string, allowHttp: readonly string[] = []): string {
  const hint = 'endpoint is a base URL such as https://bzr.openai.com or http://127.0.0.1:8788.'
  const base = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new ConfigError('invalid_option', 'endpoint is not an http(s) URL.', { hint })
  }
  requireAllowedHttp(base, allowHttp)
  if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '') {
    throw new ConfigError('invalid_option', 'endpoint must have no user name, password, query or fragment.', { hint })
  }
  const path = base.pathname.replace(/\/+$/, '').replace(/\/v1\/events$/, '')
  return `${base.origin}${path}/v1/events?pid=${encodeURIComponent(pixelId)}`
}

function readIntegrationSource(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const source = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(source)) {
    throw new ConfigError(
      'invalid_option',
      'integrationSource is 1 to 64 letters, digits, dots, underscores or hyphens and begins with a letter or digit.',
    )
  }
  return source
}

function readFetch(given: typeof fetch | undefined): typeof fetch {
  const found = given ?? globalThis.fetch
  if (typeof found === 'function') return found
  if (given !== undefined) throw new ConfigError('invalid_option', 'fetch must be a function.')
  throw new ConfigError('missing_option', 'This runtime has no fetch.', { hint: 'Pass one as the option fetch.' })
}

/** The body of a request up to its first event. */
export function envelope({ integrationSource }: Pick<Settings, 'integrationSource'>, validateOnly: boolean): string {
  const source = integrationSource === undefined ? '' : `"integration_source":${JSON.stringify(integrationSource)},`
  return `{"validate_only":${validateOnly},${source}"events":[`
}
