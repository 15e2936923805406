import type { MessagePort } from 'node:worker_threads'
import type { StoreBrokenError } from '../../errors.ts'
import type { Acceptance, NewEvent } from '../../event.ts'
import type { Store } from '../../store.ts'
import { bundle, type Part, unbundle } from './bundle.ts'
import { toFault } from './fault.ts'
import { type Call, type CallList, type FromStore, packed, type Reply } from './messages.ts'

type Open = (onBroken: (error: StoreBrokenError) => void) => Promise<Store>

/** The thread's side: opens a store, says whether that went well, and does what it is asked until it is asked to close. */
export async function serveStore(port: MessagePort, open: Open): Promise<void> {
  const say = (message: FromStore): void => port.postMessage(message)
  try {
    const store = await open((error) => say({ what: 'broken', fault: toFault(error) }))
    const desk = new Desk(store, say)
    port.on('message', (list: CallList) => desk.take(list))
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
  #accepted: Part<Acceptance>[] = []
  #replies: Reply[] = []
  #taken = 0
  #isDue = false

  constructor(store: Store, say: (message: FromStore) => void) {
    this.#store = store
    this.#say = say
  }

  take({ accepts, nowMs, calls }: CallList): void {
    this.#taken++
    for (const [index, part] of unbundle<NewEvent>(accepts).entries()) void this.#accept(part, nowMs[index]!)
    for (const call of calls) void this.#serve(call)
    this.#answerSoon()
  }

  async #accept({ id, items }: Part<NewEvent>, nowMs: number): Promise<void> {
    try {
      const acceptances = await this.#store.accept(items, nowMs)
      this.#accepted.push({ id, items: acceptances })
    } catch (error) {
      this.#replies.push({ id, fault: toFault(error) })
    }
    this.#answerSoon()
  }

  async #serve({ id, method, args }: Call): Promise<void> {
    try {
      const call = this.#store[method] as (...args: unknown[]) => Promise<unknown>
      const result = await call(...args)
      this.#replies.push({ id, result: packed(method, result) })
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
    const accepted = bundle(this.#accepted)
    this.#say({ what: 'replies', accepted, replies: this.#replies, taken: this.#taken })
    this.#accepted = []
    this.#replies = []
    this.#taken = 0
    this.#isDue = false
  }
}
