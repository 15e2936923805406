import type { Store } from '../store/index.ts'
import type { Runtime } from './runtime.ts'

/**
 * A process that can be stopped and go on, as by SIGSTOP and SIGCONT, for simulations: while it is stopped nothing that it waits for comes
 * to it, and its clocks go on.
 */
export class Standstill {
  #stopped: { readonly over: Promise<void>; readonly end: () => void } | undefined

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  stop(): void {
    if (this.#stopped !== undefined) return
    let end = (): void => {}
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#stopped = { over, end }
  }

  goOn(): void {
    const stopped = this.#stopped
    this.#stopped = undefined
    stopped?.end()
  }

  runtime(runtime: Runtime): Runtime {
    return { ...runtime, sleep: (ms, signal) => this.#after(runtime.sleep(ms, signal)) }
  }

  fetch(send: typeof fetch): typeof fetch {
    return (url, init) => this.#after(send(url, init))
  }

  store(store: Store): Store {
    return this.#calls({ ...store, claims: store.claims && this.#calls(store.claims) })
  }

  #calls<Calls extends object>(calls: Calls): Calls {
    return new Proxy(calls, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          const result: unknown = Reflect.apply(member, target, args)
          return result instanceof Promise ? this.#after(result) : result
        }
      },
    })
  }

  async #after<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work
    } finally {
      while (this.#stopped !== undefined) await this.#stopped.over
    }
  }
}
