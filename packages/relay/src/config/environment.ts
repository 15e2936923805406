import { resolve } from 'node:path'
import { isObject } from 'waybill/delivery'

/** Variable → key of the configuration. A pixel's key is set for every pixel: whoever sets `WAYBILL_ENDPOINT` means all of them. */
const TOP_KEYS = {
  WAYBILL_LISTEN: 'listen',
  WAYBILL_ADMIN_LISTEN: 'adminListen',
  WAYBILL_PUBLIC_URL: 'publicUrl',
  WAYBILL_DATA_DIR: 'dataDir',
  WAYBILL_STORE: 'store',
  WAYBILL_STORE_URL_FILE: 'storeUrlFile',
  WAYBILL_TIME_ZONE: 'timeZone',
} as const
const PIXEL_KEYS = {
  WAYBILL_ENDPOINT: 'endpoint',
  WAYBILL_ALLOW_HTTP: 'allowHttp',
  WAYBILL_CONTRACT: 'contract',
  WAYBILL_INVALID_IDENTITY: 'invalidIdentity',
  WAYBILL_PREFLIGHT: 'preflight',
  WAYBILL_MAX_REQUESTS_PER_SECOND: 'maxRequestsPerSecond',
} as const
const TOKEN_KEYS = { WAYBILL_INTAKE_TOKEN: 'intakeTokens', WAYBILL_ADMIN_TOKEN: 'adminTokens' } as const

/** Sources that need nothing but a secret; their events are for the environment's pixel. */
const SOURCE_SECRETS = {
  WAYBILL_SHOPIFY_SECRET: 'shopify',
  WAYBILL_STRIPE_SECRET: 'stripe',
  WAYBILL_WOOCOMMERCE_SECRET: 'woocommerce',
} as const

const SECRETS = ['WAYBILL_API_KEY', ...Object.keys(TOKEN_KEYS), ...Object.keys(SOURCE_SECRETS)]

/** Every variable that means something, to the relay or to a command. */
export const KNOWN_VARIABLES: readonly string[] = [
  ...['WAYBILL_CONFIG', 'WAYBILL_PIXEL_ID', 'WAYBILL_RELAY', ...Object.keys(TOP_KEYS), ...Object.keys(PIXEL_KEYS)],
  ...SECRETS.flatMap((name) => [name, `${name}_FILE`]),
]

export type Environment = Readonly<Record<string, string | undefined>>

type Raw = Record<string, unknown>

interface From {
  readonly env: Environment
  /** Relative paths of the environment start here, those of the file at the file. */
  readonly cwd: string
}

/** What the file and the environment say together, and which variable is behind which key. */
export interface Merged {
  readonly raw: unknown
  /** Key, as faults name it → variable. */
  readonly origins: ReadonlyMap<string, string>
}

/** The environment wins over the file. A variable that is set but empty counts as not set. */
export function mergeEnvironment(file: unknown, env: Environment, cwd: string): Merged {
  if (!isObject(file)) return { raw: file, origins: new Map() }
  const origins = new Map<string, string>()
  const raw: Raw = { ...file }
  const from: From = { env, cwd }
  for (const [variable, key] of Object.entries(TOP_KEYS)) {
    if (!env[variable]) continue
    raw[key] = env[variable]
    origins.set(key, variable)
  }
  mergePixels(raw, from, origins)
  for (const [variable, source] of Object.entries(SOURCE_SECRETS)) mergeSource(raw, from, variable, source, origins)
  for (const [variable, key] of Object.entries(TOKEN_KEYS)) mergeToken(raw, from, variable, key, origins)
  return { raw, origins }
}

function mergePixels(raw: Raw, from: From, origins: Map<string, string>): void {
  const listed = raw['pixels'] ?? []
  if (!Array.isArray(listed)) return
  const pixelId = from.env['WAYBILL_PIXEL_ID']
  const known = listed.some((pixel) => isObject(pixel) && pixel['pixelId'] === pixelId)
  // Its key is to be in the environment too, and is missed there by its name.
  const pixels: unknown[] = pixelId && !known ? [...listed, { pixelId, apiKeyEnv: 'WAYBILL_API_KEY' }] : listed
  if (pixelId && !known) {
    origins.set(`pixels[${listed.length}].pixelId`, 'WAYBILL_PIXEL_ID')
    noteSecret(origins, `pixels[${listed.length}]`, 'WAYBILL_API_KEY', 'apiKey')
  }
  raw['pixels'] = pixels.map((pixel, index) => {
    if (!isObject(pixel)) return pixel
    const own = pixel['pixelId'] === pixelId ? secretOf(from, 'WAYBILL_API_KEY', 'apiKey') : {}
    // The environment's key takes the place of the file's, whichever of the two ways that one is given.
    const { apiKeyEnv: _env, apiKeyFile: _file, ...rest } = pixel
    const merged = Object.keys(own).length > 0 ? { ...rest, ...own } : pixel
    if (merged !== pixel) noteSecret(origins, `pixels[${index}]`, 'WAYBILL_API_KEY', 'apiKey')
    return { ...merged, ...pixelValues(from.env, `pixels[${index}]`, origins) }
  })
}

/** What is no text in the file. A number that is none is left for the schema to refuse. */
const readers: Readonly<Record<string, (value: string) => unknown>> = {
  maxRequestsPerSecond: (value) => (Number.isFinite(Number(value)) ? Number(value) : undefined),
  allowHttp: (value) => value.split(/[\s,]+/).filter((name) => name !== ''),
}

function pixelValues(env: Environment, at: string, origins: Map<string, string>): Raw {
  const values: Raw = {}
  for (const [variable, key] of Object.entries(PIXEL_KEYS)) {
    const value = env[variable]
    if (!value) continue
    values[key] = readers[key]?.(value) ?? value
    origins.set(`${at}.${key}`, variable)
  }
  return values
}

/** The name of a token that came from the environment. */
export function isTokenVariable(name: string): boolean {
  return Object.hasOwn(TOKEN_KEYS, name)
}

/** A token of the environment stands beside those of the file, under the name of its variable. */
function mergeToken(raw: Raw, from: From, variable: string, key: string, origins: Map<string, string>): void {
  const secret = secretOf(from, variable, 'token')
  const listed = raw[key] ?? []
  if (Object.keys(secret).length === 0 || !Array.isArray(listed)) return
  noteSecret(origins, `${key}[${listed.length}]`, variable, 'token')
  raw[key] = [...listed, { name: variable, ...secret }]
}

/** A source of the environment, unless the file has it: then only its secret is taken. */
function mergeSource(raw: Raw, from: From, variable: string, source: string, origins: Map<string, string>): void {
  const secret = secretOf(from, variable, 'secret')
  const listed = raw['sources'] ?? []
  if (Object.keys(secret).length === 0 || !Array.isArray(listed)) return
  const pixelId = from.env['WAYBILL_PIXEL_ID']
  // A source with a name has a secret of its own.
  const at = listed.findIndex(
    (one) => isObject(one) && one['source'] === source && one['pixelId'] === pixelId && one['name'] === undefined,
  )
  const { secretEnv: _env, secretFile: _file, ...entry } = (listed[at] as Raw | undefined) ?? { source, pixelId }
  const others = listed.filter((_, index) => index !== at)
  noteSecret(origins, `sources[${others.length}]`, variable, 'secret')
  raw['sources'] = [...others, { ...entry, ...secret }]
}

/** Where a secret is to be read: the variable itself, or the file that `<variable>_FILE` names. Both are one too many. */
function secretOf({ env, cwd }: From, variable: string, key: string): Raw {
  const file = env[`${variable}_FILE`]
  return {
    ...(env[variable] ? { [`${key}Env`]: variable } : {}),
    ...(file ? { [`${key}File`]: resolve(cwd, file) } : {}),
  }
}

/** Whoever gave a secret by a variable is told of faults by its name. */
function noteSecret(origins: Map<string, string>, at: string, variable: string, key: string): void {
  origins.set(at, variable)
  origins.set(`${at}.${key}Env`, variable)
  origins.set(`${at}.${key}File`, `${variable}_FILE`)
}
