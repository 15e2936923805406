import { once } from 'node:events'
import { type Command, Option } from 'commander'
import { systemRuntime } from 'waybill/client'
import { collect } from '../argument.ts'
import { colourOf, columns } from '../columns.ts'
import { EXIT, forTerminal, type Io, say, UsageError } from '../io.ts'
import { lifecycleLine, type StreamMessage } from '../lifecycle-line.ts'
import { addressOf, RelayAwayError, type RelayOptions, readRelay, withRelay } from '../relay-api.ts'
import { serverEvents } from '../server-events.ts'

export interface TailOptions extends RelayOptions {
  readonly pixel?: string
  readonly type?: readonly string[]
  readonly state?: readonly string[]
  readonly id?: string
}

const STATES = ['accepted', 'delivered', 'refused', 'expired', 'held', 'resumed']

export function registerTail(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('tail')
    .option('--pixel <id>', 'only of this pixel')
    .addOption(new Option('--state <state...>', 'only what came into this state').choices(STATES))
    .option('--type <type>', 'only this type, as in request:answered, or request; may be repeated', collect(String))
    .option('--id <prefix>', 'only events whose id begins so')
  withRelay(command).action(async (options: TailOptions) => exit(await tail(options, io)))
}

/** Reads the stream until it is interrupted or nobody reads what it prints; a stream that ends is opened again. */
export async function tail(options: TailOptions, io: Io): Promise<number> {
  const reader = new AbortController()
  const stop = (): void => reader.abort()
  io.stdout.once('error', stop)
  const signal = AbortSignal.any([io.signal, reader.signal])
  const follower = new Follower(options, io, signal)
  try {
    while (!signal.aborted) await follower.follow()
  } finally {
    io.stdout.off('error', stop)
  }
  return EXIT.ok
}

const LONGEST_PAUSE_MS = 30_000
const FIRST_PAUSE_MS = 500

/** States: not yet connected → connected ⇄ waiting to try again. Before the first connection a failure is wrong use. */
class Follower {
  readonly #options: TailOptions
  readonly #io: Io
  readonly #signal: AbortSignal
  readonly #relay: string
  #wasConnected = false
  #failures = 0

  constructor(options: TailOptions, io: Io, signal: AbortSignal) {
    this.#options = options
    this.#io = io
    this.#signal = signal
    this.#relay = addressOf(options, io)
  }

  /** One connection, from its beginning to its end and the pause after it. */
  async follow(): Promise<void> {
    try {
      const pieces = readRelay(`/api/stream?${query(this.#options)}`, this.#options, this.#io, { signal: this.#signal })
      for await (const data of serverEvents(pieces)) await this.#take(data)
    } catch (error) {
      if (this.#signal.aborted) return
      if (!this.#wasConnected || !(error instanceof RelayAwayError)) throw error
    }
    if (this.#signal.aborted) return
    if (!this.#wasConnected) throw new UsageError(`What answers at ${this.#relay} is no relay: name one with --relay.`)
    await this.#pause()
  }

  async #take(data: string): Promise<void> {
    const message = JSON.parse(data) as StreamMessage
    const isJson = this.#options.json === true
    if (message.type === 'stream:opened') this.#opened()
    else if (message.type === 'stream:lost' && !isJson) this.#say(`${String(message['lost'])} lines were lost here.`)
    else if (message.type !== 'stream:ended') await this.#print(isJson ? data : this.#coloured(message))
  }

  /** Whoever reads slowly is waited for, so that nothing piles up here. */
  async #print(text: string): Promise<void> {
    const { stdout } = this.#io
    if (!stdout.write(`${forTerminal(text)}\n`)) await once(stdout, 'drain', { signal: this.#signal }).catch(() => {})
  }

  /** On a terminal broken between words, under the words of its first line. */
  #coloured(message: StreamMessage): string {
    const [time = '', type = '', ...about] = lifecycleLine(message).split('  ')
    const cells = [{ text: time }, { text: type.padEnd(16), format: colourOf(message.type) }]
    return columns([[...cells, { text: about.join('  ').trimStart() }]], this.#io).join('\n')
  }

  #say(text: string): void {
    say(this.#io, text)
  }

  #opened(): void {
    if (this.#wasConnected) this.#say(`Connected to ${this.#relay} again.`)
    this.#wasConnected = true
    this.#failures = 0
  }

  async #pause(): Promise<void> {
    const runtime = this.#io.runtime ?? systemRuntime
    const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    if (this.#failures === 0) this.#say(`The relay at ${this.#relay} went away; trying again until Ctrl-C.`)
    this.#failures += 1
    // Half of it is certain, so that many who wait do not come at once, and none comes in a loop.
    await runtime.sleep(ceilingMs * (0.5 + runtime.random() / 2), this.#signal)
  }
}

function query({ pixel, id, type = [], state = [] }: TailOptions): URLSearchParams {
  const types = [...type, ...state].join()
  const parts = Object.entries({ pixel, id, type: types || undefined })
  return new URLSearchParams(parts.filter((part): part is [string, string] => part[1] !== undefined))
}
