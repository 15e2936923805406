import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isObject } from 'waybill/delivery'
import type { PixelConfig } from '../engine/index.ts'
import { withEnvBeside } from './env-beside.ts'
import { type Environment, isTokenVariable, type Merged, mergeEnvironment } from './environment.ts'
import { ConfigFaults, faultLine } from './fault.ts'
import { type Listen, splitListen } from './listen.ts'
import { type OutboxConfig, readOutboxes } from './outbox-config.ts'
import { readSettings } from './read-settings.ts'
import type { AdminRole, Settings } from './schema.ts'
import { SecretReader } from './secret.ts'
import { readSources, type SourceConfig } from './source-config.ts'
import { readStoreUrl } from './store-url.ts'
import { strayVariables } from './stray.ts'

/** What a relay runs with: checked, secrets read. */
export interface RelayConfig {
  readonly settings: Settings
  /** The file it came from; `undefined` where the environment alone was enough. */
  readonly path: string | undefined
  readonly listen: Listen
  /** Where page, `/login`, `/api` and `/metrics` have a listener of their own. */
  readonly adminListen: Listen | undefined
  readonly dataDir: string
  /** Of the database that events are kept in; `undefined`: a file in the folder. */
  readonly storeUrl: string | undefined
  readonly pixels: readonly PixelConfig[]
  readonly intakeTokens: readonly IntakeToken[]
  readonly adminTokens: readonly AdminToken[]
  readonly sources: readonly SourceConfig[]
  readonly outboxes: readonly OutboxConfig[]
  /** What does nothing and was probably meant to: a line each. */
  readonly warnings: readonly string[]
}

interface NamedToken {
  readonly name: string
  readonly token: string
}

export interface AdminToken extends NamedToken {
  readonly role: AdminRole
  /** To its holder there are no others. */
  readonly pixels: '*' | readonly string[]
}

export interface IntakeToken extends NamedToken {
  readonly pixels: '*' | readonly string[]
  /** Origins of the pages that may show it. Default: none. */
  readonly browserOrigins?: readonly string[]
}

export interface ConfigSource {
  readonly env: Environment
  /** The file; default `WAYBILL_CONFIG`, then `waybill.config.json` where there is one. */
  readonly path?: string | undefined
  /** Relative paths of the command line and the environment start here. Default: the working directory. */
  readonly cwd?: string | undefined
  /** Takes the place of the port of `listen`. */
  readonly port?: number | undefined
  /** `false` reads the settings without a key or a token: what is missing is told in `warnings`. Default `true`. */
  readonly needsSecrets?: boolean | undefined
}

const DEFAULT_PATH = 'waybill.config.json'

/** Reads and checks everything. Throws {@link ConfigFaults}, which names every fault at once. */
export function loadConfig({ env: given, path: named, cwd = process.cwd(), ...more }: ConfigSource): RelayConfig {
  const path = findFile(named ?? (given['WAYBILL_CONFIG'] || undefined), cwd)
  const env = withEnvBeside(given, path === undefined ? cwd : dirname(path))
  const merged = atPort(mergeEnvironment(path === undefined ? {} : readFile(path), env, cwd), more.port)
  const { settings, faults } = readSettings(merged)
  if (settings === undefined) throw new ConfigFaults(faults)
  try {
    return resolveSecrets(settings, { env, path, cwd, needsSecrets: more.needsSecrets !== false })
  } catch (error) {
    throw error instanceof ConfigFaults ? renamed(error, merged.origins) : error
  }
}

/** The address, with another port where one is given. */
function atPort({ raw, origins }: Merged, port: number | undefined): Merged {
  if (port === undefined || !isObject(raw)) return { raw, origins }
  const listen = typeof raw['listen'] === 'string' ? raw['listen'] : '127.0.0.1:8787'
  return { raw: { ...raw, listen: listen.replace(/:\d*$/, `:${port}`) }, origins }
}

/** The faults under the names of the variables that are behind them. */
function renamed({ faults }: ConfigFaults, origins: ReadonlyMap<string, string>): ConfigFaults {
  return new ConfigFaults(faults.map(({ key, remedy }) => ({ key: origins.get(key) ?? key, remedy })))
}

function findFile(given: string | undefined, cwd: string): string | undefined {
  const path = resolve(cwd, given ?? DEFAULT_PATH)
  return given !== undefined || existsSync(path) ? path : undefined
}

function readFile(path: string): unknown {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    const isAway = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const remedy = isAway ? 'there is no such file: check the path' : 'the file cannot be read: check its rights'
    throw new ConfigFaults([{ key: path, remedy }])
  }
  try {
    return JSON.parse(content.replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    // The parser's own words quote the file, and there may be a secret at that place.
    const [, line] = /line (\d+)/.exec((error as Error).message) ?? []
    const where = line === undefined ? '' : ` (line ${line})`
    throw new ConfigFaults([{ key: path, remedy: `the file is not valid JSON${where}: fix it` }])
  }
}

interface SecretsAt {
  readonly env: Environment
  readonly path: string | undefined
  readonly cwd: string
  readonly needsSecrets: boolean
}

function resolveSecrets(settings: Settings, { env, path, cwd, needsSecrets }: SecretsAt): RelayConfig {
  const secrets = new SecretReader(env, path === undefined ? cwd : dirname(path))
  const pixels = settings.pixels.map(({ apiKeyEnv, apiKeyFile, ...pixel }, index): PixelConfig => {
    const at = `pixels[${index}]`
    return { ...pixel, apiKey: secrets.read(at, 'apiKey', { env: apiKeyEnv, file: apiKeyFile }) }
  })
  const intake = settings.intakeTokens.map(({ name, pixels: allowed, browserOrigins, ...from }, index): IntakeToken => {
    return { name, pixels: allowed, browserOrigins, token: readToken(secrets, `intakeTokens[${index}]`, from) }
  })
  const admin = settings.adminTokens.map(({ name, role, pixels: seen, ...from }, index): AdminToken => {
    return { name, role, pixels: seen, token: readToken(secrets, `adminTokens[${index}]`, from) }
  })
  const intakeTokens = distinct('intakeTokens', intake, secrets)
  const adminTokens = distinct('adminTokens', admin, secrets)
  const sources = readSources(settings.sources, { pixels, secrets, folder: path === undefined ? cwd : dirname(path) })
  const outboxes = readOutboxes(settings.outbox, pixels, secrets)
  const storeUrl = readStoreUrl(settings, secrets)
  if (needsSecrets && secrets.faults.length > 0) throw new ConfigFaults(secrets.faults)
  return {
    settings,
    path,
    listen: splitListen(settings.listen),
    adminListen: settings.adminListen === undefined ? undefined : splitListen(settings.adminListen),
    dataDir: resolve(cwd, settings.dataDir),
    storeUrl,
    pixels,
    intakeTokens,
    adminTokens,
    sources,
    outboxes,
    warnings: [...secrets.faults.map(faultLine), ...strayVariables(env, settings)],
  }
}

/**
 * One text for two tokens is a fault: nobody could tell who came with it, nor which of two lists of pixels it is for. What the
 * environment repeats is left out instead: a token of the file may come from there, and the commands show theirs by the same variable.
 */
function distinct<Token extends NamedToken>(list: string, tokens: readonly Token[], secrets: SecretReader): Token[] {
  return tokens.filter(({ name, token }, index) => {
    const first = tokens.findIndex((one) => one.token === token)
    if (token === '' || first === index) return true
    if (!isTokenVariable(name))
      secrets.note(`${list}[${index}]`, `the same token as ${list}[${first}]: give each its own`)
    return false
  })
}

interface TokenFrom {
  readonly token?: string | undefined
  readonly tokenEnv?: string | undefined
  readonly tokenFile?: string | undefined
}

function readToken(secrets: SecretReader, at: string, { token, tokenEnv, tokenFile }: TokenFrom): string {
  return secrets.read(at, 'token', { env: tokenEnv, file: tokenFile, inline: token })
}
