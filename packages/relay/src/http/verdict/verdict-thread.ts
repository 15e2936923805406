import { Worker } from 'node:worker_threads'
import type { Verdict } from '../../page/index.ts'
import type { MarkView } from '../admin/read/mark-view.ts'
import type { KnownFacts } from './judge.ts'
import { type FlowPart, Judge, type Judged, type Judging } from './judging.ts'

export interface Asked {
  readonly number: number
  readonly judging: Judging<MarkView>
}

export interface Told {
  readonly number: number
  readonly judged?: Judged<MarkView>
  readonly error?: string
}

interface Pending {
  readonly judging: Judging<MarkView>
  readonly resolve: (judged: Judged<MarkView>) => void
  readonly reject: (error: Error) => void
}

const MAX_HEAP_MB = 384

/**
 * Makes verdicts beside the thread that delivers: one of 300 pixels takes nearly half a second. It begins with the first question. Where no
 * thread can be had, or it ends, verdicts are made here.
 */
export class VerdictThread {
  readonly #pending = new Map<number, Pending>()
  #here: Judge<MarkView> | undefined
  #worker: Worker | undefined
  #last = 0

  /** `read` is asked for the parts that it does not know yet. */
  async judge(
    keys: readonly string[],
    known: KnownFacts<MarkView>,
    read: (key: string) => Promise<Uint8Array>,
  ): Promise<Verdict<MarkView>> {
    let fresh: readonly FlowPart[] = []
    for (;;) {
      const judged = await this.#ask({ keys, fresh, known })
      if ('verdict' in judged) return judged.verdict
      fresh = await Promise.all(judged.missing.map(async (key) => ({ key, bytes: await read(key) })))
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#fail()
    await worker?.terminate()
  }

  #ask(judging: Judging<MarkView>): Promise<Judged<MarkView>> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { judging, resolve, reject }
      const worker = this.#here === undefined ? (this.#worker ?? this.#start()) : undefined
      if (worker === undefined) return this.#judgeHere(pending)
      const number = ++this.#last
      this.#pending.set(number, pending)
      worker.postMessage({ number, judging } satisfies Asked)
    })
  }

  #start(): Worker | undefined {
    const file = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
    try {
      const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
      worker.unref()
      worker.on('message', (told: Told) => this.#hear(told))
      worker.on('error', () => this.#fail())
      worker.on('exit', () => this.#fail())
      this.#worker = worker
      return worker
    } catch {
      // Where there may be no more threads, making one throws.
      this.#fail()
      return undefined
    }
  }

  #hear({ number, judged, error }: Told): void {
    const pending = this.#pending.get(number)
    this.#pending.delete(number)
    if (judged !== undefined) pending?.resolve(judged)
    else pending?.reject(new Error(error))
  }

  #fail(): void {
    this.#here ??= new Judge()
    this.#worker = undefined
    const left = [...this.#pending.values()]
    this.#pending.clear()
    for (const pending of left) this.#judgeHere(pending)
  }

  #judgeHere({ judging, resolve, reject }: Pending): void {
    try {
      this.#here ??= new Judge()
      resolve(this.#here.judge(judging))
    } catch (error) {
      reject(error as Error)
    }
  }
}
