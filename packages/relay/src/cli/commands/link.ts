import type { Command } from 'commander'
import type { LinkView } from '../../http/index.ts'
import { collect, readCount } from '../argument.ts'
import { EXIT, type Io, print, say, UsageError } from '../io.ts'
import { plain } from '../plain.ts'
import { askRelay, type RelayOptions, withRelay } from '../relay-api.ts'

interface LinkOptions extends RelayOptions {
  readonly pixel?: readonly string[]
  readonly days: number
  readonly name?: string
  readonly list?: boolean
  readonly withdraw?: string
}

export function registerLink(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('link')
    .option('--pixel <id>', 'a pixel that it shows; may be repeated', collect(String))
    .option('--days <number>', 'days that it opens the page', readCount, 30)
    .option('--name <text>', 'whom it is for')
    .option('--list', 'list the links that there are')
    .option('--withdraw <id>', 'end a link, by its id in the list')
  withRelay(command).action(async (options: LinkOptions) => exit(await link(options, io)))
}

async function link(options: LinkOptions, io: Io): Promise<number> {
  if (options.list === true) return list(options, io)
  if (options.withdraw !== undefined) return withdraw(options.withdraw, options, io)
  const { pixel: pixels, days, name } = options
  if (pixels === undefined) throw new UsageError('Name the pixels that it shows, with --pixel.')
  const body = { pixels, days, ...(name !== undefined && { name }) }
  const made = await askRelay<{ link: LinkView; url: string }>('/api/links', options, io, { method: 'POST', body })
  print(io, options.json === true ? JSON.stringify(made) : made.url)
  if (options.json !== true)
    say(io, `Whoever has it sees ${plain(pixels.join(', '))} until ${day(made.link.expiresMs)}. It is shown this once.`)
  return EXIT.ok
}

async function list(options: LinkOptions, io: Io): Promise<number> {
  const answer = await askRelay<{ links: readonly ShownLink[] }>('/api/links', options, io)
  if (options.json === true) print(io, JSON.stringify(answer))
  else for (const one of answer.links) print(io, lineOf(one, io.now()))
  if (options.json !== true && answer.links.length === 0)
    say(io, 'There is no link: waybill link --pixel <id> makes one.')
  return EXIT.ok
}

/** What there is none of is absent. */
type ShownLink = Omit<LinkView, 'withdrawnMs'> & { readonly withdrawnMs?: number }

function lineOf({ id, name, pixels, by, expiresMs, withdrawnMs }: ShownLink, nowMs: number): string {
  const until = expiresMs > nowMs ? `until ${day(expiresMs)}` : `ended ${day(expiresMs)}`
  const state = withdrawnMs === undefined ? until : `withdrawn ${day(withdrawnMs)}`
  return [id, state, plain(pixels.join(',')), plain(name), plain(`by ${by}`)].join('  ')
}

async function withdraw(id: string, options: LinkOptions, io: Io): Promise<number> {
  const path = `/api/links/${encodeURIComponent(id)}/withdraw`
  const answer = await askRelay<{ link: LinkView }>(path, options, io, { method: 'POST', body: {} })
  if (options.json === true) print(io, JSON.stringify(answer))
  else say(io, `The link for ${plain(answer.link.name)} opens nothing any more.`)
  return EXIT.ok
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
