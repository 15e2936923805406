import type { MessagePort } from 'node:worker_threads'
import type { StoreBrokenError } from '../../errors.ts'
import type { Store } from '../../store.ts'
import { toFault } from './fault.ts'
import { type Call, type FromStore, packed, type Reply, unpacked } from './messages.ts'

type Open = (onBroken: (error: StoreBrokenError) => void) => Promise<Store>

/** The thread's side: opens a store, says whether that went well, and does what it is asked until it is asked to close. */
export async function serveStore(port: MessagePort, open: Open): Promise<void> {
  const say = (message: FromStore): void => port.postMessage(message)
  try {
    const store = await open((error) => say({ what: 'broken', fault: toFault(error) }))
    const desk = new Desk(store, say)
    port.on('message', (calls: readonly Call[]) => desk.take(calls))
    desk.onClosed = () => port.close()
    say({ what: 'opened' })
  } catch (error) {
    say({ what: 'failed', fault: toFault(error) })
  }
}

/** Takes lists of calls, and answers many at a time. */
class Desk {
  onClosed: () => void = () => {}
  readonly #store: Store
  readonly #say: (message: FromStore) => void
  #replies: Reply[] = []
  #taken = 0
  #isDue = false

  constructor(store: Store, say: (message: FromStore) => void) {
    this.#store = store
    this.#say = say
  }

  take(calls: readonly Call[]): void {
    this.#taken++
    for (const call of calls) void this.#serve(call)
    this.#answerSoon()
  }

  async #serve({ id, method, args }: Call): Promise<void> {
    try {
      const call = this.#store[method] as (...args: unknown[]) => Promise<unknown>
      const result = await call(...(unpacked(method, 'args', args) as unknown[]))
      this.#replies.push({ id, result: packed(method, 'result', result) })
    } catch (error) {
      this.#replies.push({ id, fault: toFault(error) })
    }
    this.#answerSoon()
    if (method === 'close') setImmediate(this.onClosed)
  }

  /** Asked for after the calls asked for their commit, so that it comes after that and carries all of its answers. */
  #answerSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => this.#answer())
  }

  #answer(): void {
    this.#say({ what: 'replies', replies: this.#replies, taken: this.#taken })
    this.#replies = []
    this.#taken = 0
    this.#isDue = false
  }
}
