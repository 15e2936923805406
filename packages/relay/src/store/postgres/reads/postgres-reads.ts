import { AnswerCache } from '../../answers/answer-cache.ts'
import { tooSlow } from '../../answers/moment.ts'
import { packBeside } from '../../answers/pack.ts'
import type { Answers, Asks, QuestionName, Reads, Served, ServeOptions } from '../../reads/index.ts'
import type { LocalDays } from '../../roll-up/local-day.ts'
import type { Database } from '../connection/database.ts'
import { codeOf } from '../connection/faults.ts'
import { NO_TERM, type Terms } from '../terms.ts'
import { ANSWERS, LISTS } from './answers.ts'
import { PostgresMoment } from './moment.ts'
import { run } from './run.ts'

export interface PostgresReadsOptions {
  /** Connections of its own: people who look take none from delivery. */
  readonly database: Database
  readonly terms: Terms
  readonly days: LocalDays
  readonly keepBodies: boolean
  /** How long an answer may take. */
  readonly limitMs: number
  /** A list that found nothing yet goes on for so long. */
  readonly listLimitMs: number
}

/** Answers about all relays, each question from one snapshot. */
export class PostgresReads implements Reads {
  readonly #options: PostgresReadsOptions
  readonly #cache: AnswerCache = new AnswerCache()

  constructor(options: PostgresReadsOptions) {
    this.#options = options
  }

  async ask<Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>> {
    const { database, terms, limitMs, listLimitMs } = this.#options
    await terms.find(textsOf(asks))
    try {
      return await database.snapshot(LISTS.has(name) ? listLimitMs : limitMs, async (session) => {
        const moment = await PostgresMoment.open(session, { ...this.#kept(), limitMs })
        const pixels = [...moment.holds()].flatMap(([pixel, shapes]) => [pixel, ...shapes.keys()])
        await terms.load(pixels, session)
        const value = await run(session, terms, ANSWERS[name](moment, asks))
        return { ...value, commit: moment.commit } as Answers<Name>
      })
    } catch (error) {
      throw isCancelled(error) ? tooSlow() : error
    }
  }

  async serve<Name extends QuestionName>(
    name: Name,
    asks: Asks<Name>,
    { encoding = 'identity', beside }: ServeOptions = {},
  ): Promise<Served> {
    const key = JSON.stringify([name, asks, encoding, beside])
    const { body, commit } = await this.#cache.getMade(key, async () => {
      const value = await this.ask(name, asks)
      return { body: await packBeside(value, { encoding, beside }), commit: value.commit }
    })
    return { body, encoding, commit }
  }

  /** What was asked is answered first. */
  close(): Promise<void> {
    return this.#options.database.close()
  }

  #kept() {
    const { terms, days, keepBodies } = this.#options
    const texts = {
      text: (term: number) => terms.text(term),
      find: (text: string) => {
        const term = terms.found(text)
        return term === NO_TERM ? undefined : term
      },
    }
    return { terms: texts, days, keepBodies, monotonicMs: () => performance.now() }
  }
}

/** Texts of a filter, whose terms a statement is made with. */
function textsOf(asks: object): string[] {
  const {
    pixels = [],
    name,
    source,
    code,
    shape,
  } = asks as {
    readonly pixels?: readonly string[]
    readonly name?: string
    readonly source?: string
    readonly code?: string
    readonly shape?: string
  }
  return [...pixels, name, source, code, shape].filter((text) => text !== undefined)
}

const CANCELLED = '57014'

function isCancelled(error: unknown): boolean {
  return codeOf((error as { readonly cause?: unknown }).cause ?? error) === CANCELLED
}
