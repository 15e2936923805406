import type { Command } from 'commander'
import { type Io, UsageError } from './io.ts'

/** Options of every command that talks to a running relay. */
export interface RelayOptions {
  readonly relay?: string
  readonly json?: boolean
}

const DEFAULT_RELAY = 'http://127.0.0.1:8787'

export function withRelay(command: Command): Command {
  return command
    .option('--relay <url>', `address of the relay (or WAYBILL_RELAY; default ${DEFAULT_RELAY})`)
    .option('--json', 'print the answer as JSON on stdout')
}

interface Call {
  readonly method?: 'GET' | 'POST'
  readonly body?: unknown
}

/** One call of the admin API. The token comes from WAYBILL_ADMIN_TOKEN. Throws a `UsageError` that says what to do. */
export async function askRelay<Answer>(path: string, options: RelayOptions, io: Io, call: Call = {}): Promise<Answer> {
  return (await (await answerOf(path, options, io, call)).json()) as Answer
}

/** A long answer, piece by piece as it comes. */
export async function* readRelay(path: string, options: RelayOptions, io: Io): AsyncGenerator<string> {
  const { body } = await answerOf(path, options, io, {})
  if (body === null) return
  for await (const text of body.pipeThrough(new TextDecoderStream())) yield text
}

async function answerOf(path: string, options: RelayOptions, io: Io, call: Call): Promise<Response> {
  const relay = (options.relay ?? io.env['WAYBILL_RELAY'] ?? DEFAULT_RELAY).replace(/\/+$/, '')
  const response = await reach(`${relay}${path}`, relay, io, call)
  if (response.ok) return response
  const said = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  throw new UsageError(explain(response.status, said.error?.message ?? '', relay))
}

async function reach(url: string, relay: string, io: Io, { method = 'GET', body }: Call): Promise<Response> {
  const token = io.env['WAYBILL_ADMIN_TOKEN']
  try {
    return await fetch(url, {
      method,
      redirect: 'manual',
      signal: io.signal,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    })
  } catch {
    throw new UsageError(`No relay answers at ${relay}: start it with waybill serve, or name it with --relay.`)
  }
}

function explain(status: number, message: string, relay: string): string {
  if (status === 401) return `The relay at ${relay} wants an admin token: set WAYBILL_ADMIN_TOKEN.`
  return message === '' ? `The relay at ${relay} answered ${status}.` : message
}
