import { lookup as lookUp } from 'node:dns/promises'
import { type Environment, type RelayConfig, secretsOf } from '../config/index.ts'
import type { PixelConfig } from '../engine/index.ts'
import { askAccount, judgeAccount } from './account.ts'
import { type Asking, askApi, judgeApi } from './api.ts'
import { judgeClock } from './clock.ts'
import { readConfiguration } from './configuration.ts'
import { judgeStore, lookAtStore } from './database.ts'
import { judgeDisk, lookAtDisk } from './disk.ts'
import { askDns, judgeDns, type Lookup } from './dns.ts'
import { type Endpoint, endpointOf } from './endpoint.ts'
import type { Check, Finding } from './finding.ts'
import { judgeOutbox, lookAtOutbox } from './outbox.ts'
import { judgeSchema, lookAtSchema } from './schema.ts'
import { askTls, type Connect, judgeTls } from './tls.ts'

export interface ExamineOptions extends Asking {
  readonly env: Environment
  /** The configuration file. */
  readonly path?: string | undefined
  readonly cwd?: string | undefined
  /** Look through all of the data file, which takes as long as it is large. */
  readonly thorough: boolean
  readonly lookup?: Lookup
  readonly connect?: Connect
}

/** Finds out whether a relay with this configuration can work, one finding after the other. Changes nothing, stores nothing. */
export async function* examine(options: ExamineOptions): AsyncGenerator<Finding> {
  const { config, findings } = readConfiguration(options)
  yield* findings
  if (config === undefined) return
  const hide = hider(secretsOf(config))
  yield* judgeDisk(lookAtDisk(config.dataDir))
  if (config.storeUrl === undefined) yield judgeSchema(lookAtSchema(config.dataDir, options.thorough))
  else
    for (const finding of judgeStore(
      await lookAtStore(config.storeUrl, { ...options, keepBodies: config.settings.keepBodies }),
    ))
      yield hide(finding)
  for (const outbox of config.outboxes) yield hide(judgeOutbox(await lookAtOutbox(outbox, options.timeoutMs)))
  for (const [endpoint, pixels] of byEndpoint(config)) {
    for await (const finding of examineEndpoint(endpoint, pixels, options)) yield hide(finding)
  }
}

/** Pixels at one host share what is true of it. */
function* byEndpoint({ pixels }: RelayConfig): Generator<readonly [Endpoint, readonly PixelConfig[]]> {
  const originOf = ({ endpoint }: PixelConfig): string => endpointOf(endpoint).origin
  for (const origin of new Set(pixels.map(originOf))) {
    yield [endpointOf(origin), pixels.filter((pixel) => originOf(pixel) === origin)]
  }
}

async function* examineEndpoint(
  endpoint: Endpoint,
  pixels: readonly PixelConfig[],
  options: ExamineOptions,
): AsyncGenerator<Finding> {
  const path = examinePath(endpoint, options)
  let step = await path.next()
  for (; step.done !== true; step = await path.next()) yield step.value
  for (const pixel of pixels) {
    if (step.value === undefined) yield skipped('key', pixel.pixelId, `${endpoint.origin} cannot be asked`)
    else yield* judgeAccount(await askAccount(pixel, step.value, options))
  }
}

/** From name to answer. Gives how far the API's clock is ahead, in milliseconds; `undefined` where the API cannot be asked. */
async function* examinePath(
  endpoint: Endpoint,
  options: ExamineOptions,
): AsyncGenerator<Finding, number | undefined, void> {
  const { lookup = lookUp, connect, timeoutMs, runtime } = options
  if (usesProxy(options.env)) {
    for (const check of ['dns', 'tls'] as const) yield skipped(check, endpoint.host, 'requests go through a proxy')
  } else {
    const dns = judgeDns(await askDns(endpoint, lookup, timeoutMs))
    yield dns
    if (dns.level === 'wrong') return undefined
    const tls = judgeTls(await askTls(endpoint, timeoutMs, connect), runtime.now())
    yield tls
    if (tls.level === 'wrong') return undefined
  }
  const api = await askApi(endpoint, options)
  yield judgeApi(api)
  if (api.status === undefined) return undefined
  yield judgeClock(api)
  return api.skewMs ?? 0
}

/** Node sends the relay's requests through the proxy of the environment where it is told to; this program's own connections not. */
function usesProxy(env: Environment): boolean {
  const isOn = env['NODE_USE_ENV_PROXY'] === '1'
  return isOn && ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => Boolean(env[name]))
}

function skipped(check: Check, about: string, why: string): Finding {
  return { check, about, level: 'skipped', message: `not asked: ${why}` }
}

/** What the API says may repeat what it was sent. */
function hider(secrets: readonly string[]): (finding: Finding) => Finding {
  const without = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[removed]'), text)
  return (finding) => ({
    ...finding,
    message: without(finding.message),
    ...(finding.next !== undefined && { next: without(finding.next) }),
  })
}
