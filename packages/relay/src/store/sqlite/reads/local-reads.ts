import { pack } from '../../answers/pack.ts'
import type { StoreError } from '../../errors.ts'
import type { Answers, Asks, QuestionName, Reads, Served, ServeOptions } from '../../reads/index.ts'
import type { Database } from '../database.ts'
import { answer } from './answer.ts'
import { type Live, makeReader, type Reader } from './moment.ts'

export interface LocalReadsOptions {
  readonly database: Database
  readonly timeZone: string
  readonly limitMs: number
  readonly live: (withRows: boolean) => Live
  readonly stopped: () => StoreError | undefined
}

/** The same answers in the thread that asks, on the store's own connection: for a file that nobody else may open. */
export class LocalReads implements Reads {
  readonly #options: LocalReadsOptions
  readonly #reader: Reader

  constructor(options: LocalReadsOptions) {
    this.#options = options
    this.#reader = makeReader(options.database, options)
  }

  async ask<Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>> {
    const error = this.#options.stopped()
    if (error !== undefined) throw error
    return answer(this.#reader, name, asks, this.#options.live(true))
  }

  async serve<Name extends QuestionName>(
    name: Name,
    asks: Asks<Name>,
    { encoding = 'identity', beside }: ServeOptions = {},
  ): Promise<Served> {
    const value = await this.ask(name, asks)
    return { body: pack(value, { encoding, beside }), encoding, commit: value.commit }
  }

  async close(): Promise<void> {}
}
