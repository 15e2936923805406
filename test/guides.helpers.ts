/** What the tests of the guides share: programs that are run, pages without a browser, and what the API counted. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Context, createContext, runInContext } from 'node:vm'
import { childEnvironment } from '../packages/relay/src/child-environment.helpers.ts'
import { type Api, startApi } from '../packages/relay/src/cli/cli.helpers.ts'

export const ROOT: string = fileURLToPath(new URL('../', import.meta.url))
export const GUIDES: readonly string[] = ['express', 'next', 'shopify', 'stripe', 'woocommerce', 'segment', 'crm']
export const PIXEL_ID = 'px_1'
/** What the visitors of all guides come with: it has what frameworks like to decode. */
export const REFERENCE = 'AbC%2Bd%20e+f%E4'

export const fileOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
export const startEmulator = (context: Parameters<typeof startApi>[0]): Promise<Api> =>
  startApi(context, { pixel: PIXEL_ID })

export function start(program: string, api: Api): ChildProcess {
  const own = { PORT: '0', WAYBILL_PIXEL_ID: PIXEL_ID, WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: api.url }
  const env = { ...childEnvironment(), ...own }
  const args = ['--conditions=waybill-source', join(ROOT, 'examples/guides', program)]
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs a program to its end and gives what it printed. */
export async function runGuide(program: string, api: Api): Promise<string> {
  const child = start(program, api)
  const gone = once(child, 'exit')
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  assert.deepEqual(await gone, [0, null], stderr)
  return stdout
}

export async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream!.setEncoding('utf8')) text += chunk
  return text
}

/** What the API counts of one conversion. */
export interface Counted {
  readonly amount?: number
  readonly currency?: string
  readonly oppref?: string
  /** Who told of it, in order. */
  readonly channels: readonly string[]
  /** In how many requests it came. */
  readonly received: number
}

/** `<name> <id>` → what is counted; by name, because no order is promised. */
export function counted({ emulator }: Api): Record<string, Counted> {
  const rows = emulator.events(PIXEL_ID).map(({ event, channels, received }): [string, Counted] => {
    const { id, type, oppref, data } = event as unknown as Counted & { id: string; type: string; data: object }
    const { amount, currency } = data as Partial<Counted>
    const known = Object.entries({ amount, currency, oppref }).filter(([, value]) => value !== undefined)
    return [`${type} ${id}`, { ...Object.fromEntries(known), channels, received }]
  })
  return Object.fromEntries(rows.sort(([one], [other]) => (one < other ? -1 : 1)))
}

export const userOf = ({ emulator }: Api, id: string): Record<string, unknown> | undefined =>
  emulator.events().find(({ event }) => event.id === id)?.event['user'] as Record<string, unknown> | undefined

export type PixelCall = readonly [verb: string, first: unknown, data?: object, options?: { readonly event_id: string }]

/** The calls that wait for the pixel's loader. */
export function callsOf(page: Context): PixelCall[] {
  const waiting = 'JSON.stringify(window.oaiq ? [...window.oaiq.q].map((call) => [...call]) : [])'
  return JSON.parse(runInContext(waiting, page)) as PixelCall[]
}

/** Runs the scripts of a page as a browser would that has no loader yet. */
export function callsIn(html: string): PixelCall[] {
  const page = createContext({})
  runInContext('globalThis.window = globalThis', page)
  for (const [, code] of html.matchAll(/<script nonce="[^"]+">(.*?)<\/script>/gs)) runInContext(code!, page)
  return callsOf(page)
}

/** Does what the loader does with the calls: one request for each measurement. */
export async function fire(api: Api, calls: readonly PixelCall[]): Promise<void> {
  const init = calls.find(([verb]) => verb === 'init')?.[1] as { readonly pixelId: string } | undefined
  for (const [verb, event, data, options] of calls) {
    if (verb !== 'measure') continue
    const query = new URLSearchParams({ pid: init?.pixelId ?? PIXEL_ID, event: String(event), ...options })
    for (const [key, value] of Object.entries(data ?? {}))
      query.set(`data[${key}]`, typeof value === 'object' ? JSON.stringify(value) : value)
    const answer = await fetch(`${api.url}/v1/sdk/events?${query}`)
    assert.equal(answer.status, 200, await answer.text())
  }
}

/** Every script of a page has the nonce of its policy, and the policy allows nothing inline beside. */
export function assertPolicy(html: string, policy: string | null): void {
  const nonces = [...html.matchAll(/<script(?: nonce="([^"]+)")?/g)].map(([, nonce]) => nonce)
  for (const nonce of nonces) assert.ok(policy?.includes(`'nonce-${nonce}'`), policy ?? 'no policy')
  assert.ok(policy?.includes("default-src 'self'") && !policy.includes('unsafe-inline'), policy ?? 'no policy')
}

/** A browser without scripts: keeps cookies and follows no redirect by itself. */
export function createBrowser(visit: (request: Request) => Promise<Response>, cookies: Record<string, string>) {
  return async (url: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
    const headers = {
      ...(init.headers as Record<string, string>),
      cookie: cookie.join('; '),
      'user-agent': 'Mozilla/5.0',
    }
    const answer = await visit(new Request(url, { ...init, headers, redirect: 'manual' }))
    for (const one of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? []
      if (one.includes('Max-Age=0')) delete cookies[name]
      else cookies[name] = value
    }
    return answer
  }
}

/** A buyer who gives an address. */
export const form: RequestInit = { method: 'POST', body: new URLSearchParams({ email: 'Buyer@Example.com ' }) }

export interface Block {
  readonly language: string
  readonly code: string
}

export const pageOf = (guide: string): string => fileOf(`docs/guides/${guide}.md`)

export function blocksOf(guide: string): Block[] {
  const found = pageOf(guide).matchAll(/^```(\w*)\n(.*?)^```$/gms)
  return [...found].map(([, language, code]) => ({ language: language!, code: code! }))
}

export const folderOf = (guide: string): string => `examples/guides/${guide}`
export const filesOf = (guide: string): string[] =>
  readdirSync(join(ROOT, folderOf(guide))).map((name) => `${folderOf(guide)}/${name}`)

/** Without what it is indented by: a block may stand in a function of its program. */
export function flush(text: string): string {
  const lines = text.split('\n').map((line) => line.trimStart())
  return lines.join('\n').trim()
}

/** Blocks that no file holds: the three of Next.js have a test of their own. */
export const isRunElsewhere = ({ code }: Block): boolean => /^import .* from 'next\//m.test(code)
