import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { StoreBrokenError, StoreClosedError, type StoreError } from '../../errors.ts'
import type { Acceptance, NewEvent } from '../../event.ts'
import type { Store } from '../../store.ts'
import { bundle, type Part, unbundle } from './bundle.ts'
import { toError } from './fault.ts'
import { type Call, type CallList, type FromStore, type Reply, unpacked } from './messages.ts'

interface Waiting {
  readonly method: keyof Store
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * The caller's side of a store in a thread. Calls go over in lists: what is asked in one turn of the loop together, and while the thread
 * has not taken a list, what is asked waits for the next, because a few large commits cost less than many small ones. Only many events
 * are handed over at once, so that both threads have work at the same time.
 */
export class Caller {
  readonly #worker: Worker
  readonly #onBroken: (error: StoreBrokenError) => void
  readonly #waiting = new Map<number, Waiting>()
  #calls: Call[] = []
  #accepts: (Part<NewEvent> & { readonly nowMs: number })[] = []
  /** In these. */
  #events = 0
  #lastId = 0
  /** Lists that the thread has not taken yet. */
  #underWay = 0
  #isDue = false
  /** Why nothing is asked any more. */
  #ended: StoreError | undefined
  #closing: Promise<void> | undefined

  constructor(worker: Worker, onBroken: (error: StoreBrokenError) => void) {
    this.#worker = worker
    this.#onBroken = onBroken
    worker.on('message', (message: FromStore) => this.#hear(message))
    worker.on('error', (error) => this.#fail(error))
    worker.on('exit', () => this.#exited())
  }

  call(method: keyof Store, args: readonly unknown[]): Promise<unknown> {
    const ended = this.#ended ?? (this.#closing && closed())
    return ended === undefined ? this.#ask(method, args) : Promise.reject(ended)
  }

  /** After what was asked before; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#ended === undefined ? this.#close() : Promise.resolve()
    return this.#closing
  }

  async #close(): Promise<void> {
    const exit = once(this.#worker, 'exit')
    await this.#ask('close', [])
    await exit
  }

  #ask(method: keyof Store, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { method, resolve, reject })
      if (method === 'accept') this.#addAccept(id, ...(args as [readonly NewEvent[], number]))
      else this.#calls.push({ id, method, args })
      if (this.#events >= MANY_EVENTS) this.#send()
      else this.#sendSoon()
    })
  }

  #addAccept(id: number, items: readonly NewEvent[], nowMs: number): void {
    this.#accepts.push({ id, items, nowMs })
    this.#events += items.length
  }

  #sendSoon(): void {
    if (this.#isDue || this.#underWay > 0) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#calls.length + this.#accepts.length === 0) return
    const nowMs = this.#accepts.map((accept) => accept.nowMs)
    const list: CallList = { accepts: bundle(this.#accepts), nowMs, calls: this.#calls }
    this.#worker.postMessage(list)
    this.#underWay++
    this.#calls = []
    this.#accepts = []
    this.#events = 0
  }

  #hear(message: FromStore): void {
    if (message.what === 'broken') this.#onBroken(toError(message.fault) as StoreBrokenError)
    if (message.what !== 'replies') return
    this.#underWay -= message.taken
    if (this.#underWay === 0) this.#send()
    for (const { id, items } of unbundle<Acceptance>(message.accepted)) this.#take(id)?.resolve(items)
    for (const reply of message.replies) this.#answer(reply)
  }

  #answer(reply: Reply): void {
    const waiting = this.#take(reply.id)
    if ('fault' in reply) waiting?.reject(toError(reply.fault))
    else waiting?.resolve(unpacked(waiting.method, reply.result))
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #exited(): void {
    if (this.#closing === undefined) this.#fail(new Error('it ended by itself'))
    else this.#end(closed())
  }

  #fail(cause: Error): void {
    if (this.#ended !== undefined) return
    const hint = 'Start again: what was acknowledged is safe up to the last commit.'
    const error = new StoreBrokenError(`The thread of the store ended: ${cause.message}`, { cause, hint })
    this.#end(error)
    this.#onBroken(error)
  }

  #end(error: StoreError): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}

function closed(): StoreClosedError {
  return new StoreClosedError('The store is closed.')
}

const MANY_EVENTS = 64
