import { Readable, Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTempFolder } from '../files/temp-folder.ts'
import { type Api, startApi } from '../service/api.helpers.ts'
import type { Io } from './io.ts'
import { main } from './main.ts'

export { type Api, startApi }

export const KEY = 'test-key-51b7'

/** A home of this process's tests, so that a run that keeps its state there meets no run of another test file. */
export const HOME: string = createTempFolder().path

/** What a command wrote, and how it ended. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions extends Partial<Omit<Io, 'stdin' | 'stdout' | 'stderr'>> {
  readonly stdin?: string | Readable
  readonly isTTY?: boolean
  /** Called with each piece written to stderr. */
  readonly onTalk?: (text: string) => void
}

/** Runs a command in this process, with streams of its own and no environment but the key and a home. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { stdin = '', isTTY = false, onTalk, ...io } = options
  const stdout = collector(isTTY)
  const stderr = collector(isTTY, onTalk)
  const exitCode = await main(argv, {
    env: { WAYBILL_API_KEY: KEY, HOME },
    signal: new AbortController().signal,
    ...io,
    stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

interface Collector {
  readonly stream: Writable & { isTTY: boolean }
  text(): string
}

function collector(isTTY: boolean, onText?: (text: string) => void): Collector {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk
      onText?.(String(chunk))
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY }), text: () => text }
}

/** What the API holds: id → in how many accepted requests the event came. */
export function storedIn({ emulator }: Api): Map<string, number> {
  return new Map(emulator.events().map(({ event, received }) => [(event as { id: string }).id, received]))
}

export const HEADER = 'id,type,timestamp,action_source,source_url,email,amount,currency'

export type OrderCells = Partial<Record<'id' | 'timestamp' | 'email' | 'amount' | 'currency', string>>

/** One order as a line of a CSV, a few minutes old. */
export function orderLine(number: number, cells: OrderCells = {}): string {
  const {
    id = `order_${number}`,
    timestamp = minutesAgo(number % 1_000),
    email = `customer${number}@example.com`,
  } = cells
  const { amount = `${number}.99`, currency = 'USD' } = cells
  return [id, 'order_created', timestamp, 'web', 'https://shop.example.com/done', email, amount, currency].join(',')
}

/** A shop's export of so many good orders, save those that are given other cells. */
export function ordersCsv(count: number, changed: ReadonlyMap<number, OrderCells> = new Map()): string {
  const lines = Array.from({ length: count }, (_, at) => orderLine(at + 1, changed.get(at + 1)))
  return `${[HEADER, ...lines].join('\n')}\n`
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}

/** Waits, without blocking anything, until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn()
}
