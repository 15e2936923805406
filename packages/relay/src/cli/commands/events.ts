import { type Command, InvalidArgumentError, Option } from 'commander'
import { EVENT_STATES, type EventState } from '../../store/index.ts'
import { EXIT, type Io, print } from '../io.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

interface Listed {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id?: string
  readonly state: string
  readonly code?: string
  readonly message?: string
}

interface Account extends Listed {
  readonly requests: readonly {
    readonly atMs: number
    readonly status?: number
    readonly verdict: string
    readonly events: number
    readonly message?: string
  }[]
  readonly history: readonly {
    readonly atMs: number
    readonly what: string
    readonly code?: string
    readonly by?: string
  }[]
}

interface ListOptions extends RelayOptions {
  readonly pixel?: string
  readonly state?: EventState
  readonly code?: string
  readonly id?: string
  readonly limit: number
  readonly cursor?: string
}

export function registerEvents(program: Command, io: Io, exit: (code: number) => void): void {
  const events = program.command('events').description('look at the events of a running relay')
  const list = events
    .command('ls')
    .description('list events, newest first')
    .option('--pixel <id>')
    .addOption(new Option('--state <state>').choices(EVENT_STATES))
    .option('--code <code>', 'why it ended or waits')
    .option('--id <prefix>', 'what the id begins with')
    .option('--limit <number>', 'events on a page', wholeNumber, 50)
    .option('--cursor <text>', 'from the page before')
  withRelay(list).action(async (options: ListOptions) => exit(await ls(options, io)))
  const show = events
    .command('show')
    .description('the account of an event: each attempt, its state and why')
    .argument('<id>')
  withRelay(show).action(async (id: string, options: RelayOptions) => exit(await showOne(id, options, io)))
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.')
}

async function ls({ relay, json, ...search }: ListOptions, io: Io): Promise<number> {
  const query = new URLSearchParams(
    Object.entries(search).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const page = await askRelay<{ events: Listed[]; cursor?: string }>(
    `/api/events?${query}`,
    { ...(relay && { relay }) },
    io,
  )
  if (json === true) print(io, JSON.stringify(page))
  else {
    for (const event of page.events) print(io, line(event))
    if (page.cursor !== undefined) print(io, `more: --cursor ${page.cursor}`)
  }
  return EXIT.ok
}

function line({ state, pixel, name, id, code }: Listed): string {
  return [state.padEnd(10), pixel, name, id ?? '(no id)', code ?? ''].join('  ').trimEnd()
}

async function showOne(id: string, options: RelayOptions, io: Io): Promise<number> {
  const found = await askRelay<{ accounts: Account[] }>(`/api/events/${encodeURIComponent(id)}`, options, io)
  if (options.json === true) print(io, JSON.stringify(found))
  else for (const account of found.accounts) for (const text of accountLines(account)) print(io, text)
  return EXIT.ok
}

function* accountLines(account: Account): Generator<string> {
  yield line(account)
  if (account.message) yield `  ${account.message}`
  for (const { atMs, what, code, by } of account.history)
    yield `  ${time(atMs)}  ${[what, code, by].filter(Boolean).join('  ')}`
  for (const { atMs, status, verdict, events, message } of account.requests) {
    yield `  ${time(atMs)}  ${status ?? 'no answer'}  ${verdict}, with ${events - 1} others${message ? `: ${message}` : ''}`
  }
}

const time = (ms: number): string => new Date(ms).toISOString()
