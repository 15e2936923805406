import { type Command, Option } from 'commander'
import { EVENT_STATES, type EventState } from '../../store/index.ts'
import {
  accountCells,
  accountLine,
  accountLines,
  type FindOptions,
  findAccounts,
  type Listed,
  suspicionLines,
} from '../account.ts'
import { readCount, readTime } from '../argument.ts'
import { columns } from '../columns.ts'
import { EXIT, type Io, print, printText, say } from '../io.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

interface ListOptions extends RelayOptions {
  readonly pixel?: string
  readonly state?: EventState
  readonly code?: string
  readonly id?: string
  readonly since?: string
  readonly suspect?: true
  readonly limit: number
  readonly cursor?: string
}

export function registerEvents(program: Command, io: Io, exit: (code: number) => void): void {
  const events = program.command('events')
  const list = events
    .command('ls')
    .description('list events, newest first; with --id in the order of ids')
    .option('--pixel <id>')
    .addOption(new Option('--state <state>').choices(EVENT_STATES))
    .option('--code <code>', 'why it ended or waits')
    .option('--suspect', 'only those of which something is suspected')
    .option('--id <prefix>', 'what the id begins with')
    .option('--since <time>', 'only those accepted since (ISO 8601)', readTime)
    .option('--limit <number>', 'events on a page', readCount, 50)
    .option('--cursor <text>', 'from the page before')
  withRelay(list).action(async (options: ListOptions) => exit(await ls(options, io)))
  const show = events
    .command('show')
    .description('the account of an event: each attempt, its state and why')
    .argument('<id>', 'its id, or the number of its row')
    .option('--pixel <id>', 'only of this pixel')
    .option('--row', 'it is the number of a row')
  withRelay(show).action(async (id: string, options: FindOptions) => exit(await showOne(id, options, io)))
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
    if (search.suspect === true)
      for (const event of page.events) for (const line of suspectLines(event)) printText(io, line)
    else for (const line of columns(page.events.map(accountCells), io)) print(io, line)
    if (page.events.length === 0 && page.cursor === undefined) say(io, 'There is no such event.')
    if (page.cursor !== undefined) say(io, `More: add --cursor '${page.cursor}'`)
  }
  return EXIT.ok
}

function* suspectLines(event: Listed): Generator<string> {
  yield accountLine(event)
  yield* suspicionLines(event)
}

async function showOne(id: string, options: FindOptions, io: Io): Promise<number> {
  const accounts = await findAccounts(id, options, io)
  if (options.json === true) print(io, JSON.stringify({ accounts }))
  else for (const account of accounts) for (const text of accountLines(account)) printText(io, text)
  return EXIT.ok
}
