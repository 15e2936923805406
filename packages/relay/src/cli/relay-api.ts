import type { Command } from 'commander'
import { isObject } from 'waybill/delivery'
import { type RelayBeside, relayBeside } from '../config/relay-beside.ts'
import { type Io, UsageError } from './io.ts'
import { readAdminToken } from './secret.ts'

/** Options of every command that talks to a running relay. */
export interface RelayOptions {
  readonly relay?: string
  readonly json?: boolean
}

/** Nobody answers just now, or there is no room: the same call may go well later. */
export class RelayAwayError extends UsageError {
  override readonly name: string = 'RelayAwayError'

  constructor(message: string) {
    super(message, 'relay_away')
  }
}

const DEFAULT_RELAY = 'http://127.0.0.1:8787'

export function withRelay(command: Command): Command {
  return command
    .option(
      '--relay <url>',
      `address of the relay (or WAYBILL_RELAY; default: that of the configuration beside, or ${DEFAULT_RELAY})`,
    )
    .option('--json', 'print the answer as JSON on stdout')
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly body?: unknown
  /** Statuses that are answers although they are no success. */
  readonly alsoAnswers?: readonly number[]
  /** Ends the call. Default: Ctrl-C. */
  readonly signal?: AbortSignal
}

/** One call of the admin API, with the token of the environment. Throws a `UsageError` that says what to do. */
export async function askRelay<Answer>(path: string, options: RelayOptions, io: Io, call: Call = {}): Promise<Answer> {
  return withoutNulls(await (await answerOf(path, options, io, call)).json()) as Answer
}

/** What there is none of is `null` on the wire, and absent here. An event stays as it is. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([, one]) => one !== null)
  return Object.fromEntries(entries.map(([key, one]) => [key, key === 'event' ? one : withoutNulls(one)]))
}

/** A long answer, piece by piece as it comes; throws a {@link RelayAwayError} when it breaks off. */
export async function* readRelay(
  path: string,
  options: RelayOptions,
  io: Io,
  { signal = io.signal }: Pick<Call, 'signal'> = {},
): AsyncGenerator<string> {
  const { body } = await answerOf(path, options, io, { signal })
  if (body === null) return
  try {
    for await (const text of body.pipeThrough(new TextDecoderStream())) yield text
  } catch {
    throw new RelayAwayError(`The relay at ${addressOf(options, io)} broke off in the middle of its answer.`)
  }
}

export function addressOf(options: RelayOptions, io: Io): string {
  return relayOf(options, io).url
}

/** The relay that is named, or that of the configuration beside the command; its secrets are for nobody but itself. */
function relayOf({ relay }: RelayOptions, { env }: Io): RelayBeside {
  const named = relay ?? (env['WAYBILL_RELAY'] || undefined)
  if (named !== undefined) return { url: named.replace(/\/+$/, ''), env }
  return relayBeside(env) ?? { url: DEFAULT_RELAY, env }
}

async function answerOf(path: string, options: RelayOptions, io: Io, call: Call): Promise<Response> {
  const { url: relay, env } = relayOf(options, io)
  if (!/^https?:\/\/[^/]/.test(relay) || !URL.canParse(relay))
    throw new UsageError(`The address of the relay is no URL: write one such as ${DEFAULT_RELAY}.`)
  if (relay.startsWith('https:')) (await import('waybill/client')).requireCheckedTls(io.env)
  const token = readAdminToken({ env })
  const response = await reach(`${relay}${path}`, relay, token, { signal: io.signal, ...call })
  const { ok, status } = response
  if (ok || call.alsoAnswers?.includes(status) === true) return response
  const said = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  const message = explain(status, said.error?.message ?? '', relay, token)
  throw status === 429 || status >= 500 ? new RelayAwayError(message) : new UsageError(message)
}

async function reach(
  url: string,
  relay: string,
  token: string | undefined,
  { method = 'GET', body, signal }: Call & { readonly signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      redirect: 'manual',
      signal,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    })
  } catch {
    throw new RelayAwayError(`No relay answers at ${relay}: start it with waybill serve, or name it with --relay.`)
  }
}

function explain(status: number, message: string, relay: string, token: string | undefined): string {
  if (status === 401 && token !== undefined)
    return `The relay at ${relay} does not know this admin token: give the one of its adminTokens in WAYBILL_ADMIN_TOKEN.`
  if (status === 401)
    return `The relay at ${relay} wants an admin token: set WAYBILL_ADMIN_TOKEN, or name its file in WAYBILL_ADMIN_TOKEN_FILE.`
  if (status === 404 && /^(?:not found)?$/i.test(message))
    return `What answers at ${relay} has no admin API for you: a relay without an admin token has one for its own machine only.`
  return message === '' ? `The relay at ${relay} answered ${status}.` : message
}
