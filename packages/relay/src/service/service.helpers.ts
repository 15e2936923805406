import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { EmulatorOptions } from '@waybill/emulator'
import type { WireEvent } from 'waybill'
import { type Environment, loadConfig } from '../config/index.ts'
import type { Lifecycle, Role, Runtime } from '../engine/index.ts'
import { tempFolder } from '../files/files.helpers.ts'
import { createLogger, type Log } from '../observe/index.ts'
import type { Store } from '../store/index.ts'
import { type Api, startApi } from './api.helpers.ts'
import { openStore } from './open-store.ts'
import { type RunOptions, runRelay } from './run.ts'
import { type Service, startService } from './service.ts'

export { type Api, startApi }

export const KEY = 'key-of-the-api-51b7'
export const PIXEL = 'px'

export interface RelayOptions {
  readonly env?: Environment
  readonly emulator?: EmulatorOptions
  /** The configuration file. */
  readonly file?: object
  readonly fetch?: typeof fetch
  readonly runtime?: Runtime
  /** What it does among several. */
  readonly role?: Role
  /** Opens the store another way. */
  readonly open?: typeof openStore
  /** Stands between the relay and its store. */
  readonly store?: (store: Store) => Store
}

/** A running relay with SQLite below and the emulator behind it. */
export interface Relay extends Service {
  readonly api: Api
  readonly folder: string
  readonly store: Store
  readonly failures: readonly unknown[]
  log(): string
  ask(path: string, init?: RequestInit): Promise<Asked>
  /** Brings events. */
  bring(events: readonly unknown[], extra?: object, headers?: Record<string, string>): Promise<Asked>
  /** Resolves with the next so many lifecycle events of a name. */
  next<Name extends keyof Lifecycle>(name: Name, count?: number): Promise<Lifecycle[Name][]>
}

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
  readonly json: any
}

export function environment(endpoint: string, folder: string): Environment {
  return {
    WAYBILL_PIXEL_ID: PIXEL,
    WAYBILL_API_KEY: KEY,
    WAYBILL_ENDPOINT: endpoint,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: join(folder, 'data'),
    WAYBILL_MAX_REQUESTS_PER_SECOND: '1000',
  }
}

export async function startRelay(context: TestContext, options: RelayOptions = {}): Promise<Relay> {
  const api = await startApi(context, options.emulator)
  const folder = tempFolder(context)
  if (options.file !== undefined) writeFileSync(join(folder, 'waybill.config.json'), JSON.stringify(options.file))
  const config = loadConfig({ env: { ...environment(api.url, folder), ...options.env }, cwd: folder })
  const failures: unknown[] = []
  const { log, text } = collectedLog([KEY])
  const opened = await (options.open ?? openStore)({
    dataDir: config.dataDir,
    storeUrl: config.storeUrl,
    keepBodies: false,
    onBroken: (error) => void failures.push(error),
  })
  const store = options.store?.(opened) ?? opened
  const service = await startService({
    config,
    store,
    log,
    onFailed: (error) => void failures.push(error),
    ...(options.fetch && { fetch: options.fetch }),
    ...(options.runtime && { runtime: options.runtime }),
    ...(options.role && { role: options.role }),
  })
  context.after(() => service.stop().catch(() => {}))
  const ask = async (path: string, init: RequestInit = {}): Promise<Asked> => {
    const type: Record<string, string> = init.body ? { 'content-type': 'application/json' } : {}
    const response = await fetch(service.url + path, { ...init, headers: { ...type, ...plainHeaders(init.headers) } })
    return asked(response.status, response.headers, await response.text())
  }
  return {
    ...service,
    api,
    folder,
    store,
    failures,
    log: text,
    ask,
    bring: (events, extra = {}, headers = {}) =>
      ask(`/v1/events?pid=${PIXEL}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ events, ...extra }),
      }),
    next: (name, count = 1) => nextOf(service, name, count),
  }
}

/** The whole relay, as the command runs it. */
export interface Run {
  readonly service: Service
  readonly ended: Promise<boolean>
  log(): string
  reload(): void
  stop(): void
}

/** Starts the relay as the command does, with a way to stop it and to have its configuration read again. */
export async function run(
  context: TestContext,
  env: () => Environment,
  folder: string,
  options: Partial<RunOptions> = {},
): Promise<Run> {
  let text = ''
  let reload: () => void = () => {}
  const stopping = new AbortController()
  context.after(() => stopping.abort())
  const { promise, resolve } = deferred<Service>()
  const ended = runRelay({
    load: () => loadConfig({ env: env(), cwd: folder }),
    stream: {
      write: (line: string) => {
        text += line
        return true
      },
    } as unknown as NodeJS.WritableStream,
    signal: stopping.signal,
    onListening: resolve,
    onReload: (listener) => {
      reload = listener
      return () => {}
    },
    ...options,
  })
  const service = await Promise.race([promise, ended.then(() => assert.fail('it ended before it listened'))])
  return { service, ended, log: () => text, reload: () => reload(), stop: () => stopping.abort() }
}

export function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Resolves with the next lifecycle event of a name. */
export function seen(service: Service, name: keyof Lifecycle): Promise<void> {
  return new Promise((resolve) => {
    const end = service.engine.events.on(name, () => {
      end()
      resolve()
    })
  })
}

export function asked(status: number, headers: Headers, text: string): Asked {
  return { status, headers, text, json: /^[{[]/.test(text) && !text.includes('}\n{') ? JSON.parse(text) : undefined }
}

function plainHeaders(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries(new Headers(headers))
}

/** A POST or PUT of JSON. */
export function withJson(method: 'POST' | 'PUT', body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

export function collectedLog(secrets: readonly string[] = []): { log: Log; text: () => string } {
  let text = ''
  const stream = {
    write: (line: string) => {
      text += line
      return true
    },
  }
  const log = createLogger({
    stream: stream as unknown as NodeJS.WritableStream,
    level: 'debug',
    pretty: false,
    secrets: () => secrets,
  })
  return { log, text: () => text }
}

function nextOf<Name extends keyof Lifecycle>(
  { engine }: Service,
  name: Name,
  count: number,
): Promise<Lifecycle[Name][]> {
  return new Promise((resolve) => {
    const seen: Lifecycle[Name][] = []
    const end = engine.events.on(name, (details) => {
      if (seen.push(details) < count) return
      end()
      resolve(seen)
    })
  })
}

/** A good order in the wire form, a few minutes old. */
export function order(id: string, changes: object = {}): WireEvent {
  return {
    id,
    type: 'order_created',
    timestamp_ms: Date.now() - 60_000,
    action_source: 'web',
    source_url: 'https://shop.example.com/done',
    data: { type: 'contents', amount: 2599, currency: 'USD' },
    ...changes,
  }
}

export function orders(count: number, prefix = 'order'): WireEvent[] {
  return Array.from({ length: count }, (_, at) => order(`${prefix}_${at + 1}`))
}

/** The store with its methods as own properties, so that single ones can be replaced. */
export function bound(store: Store): Store {
  const names = new Set([...Object.keys(store), ...Object.getOwnPropertyNames(Object.getPrototypeOf(store))])
  const methods = store as unknown as Readonly<Record<string, unknown>>
  const entries = [...names].flatMap((name): [string, unknown][] => {
    const method = methods[name]
    return typeof method === 'function' && name !== 'constructor' ? [[name, method.bind(store)]] : []
  })
  const { reads, claims, file } = store
  return { ...Object.fromEntries(entries), reads, claims, file } as unknown as Store
}
