import { type Claims, unlessPassing } from '../../store/index.ts'
import type { Runtime } from '../runtime.ts'
import { LASTS_MS, RENEW_EVERY_MS } from './rules.ts'

export interface PresenceParts {
  readonly claims: Claims
  readonly runtime: Runtime
  /** For people: which machine and process this is. */
  readonly name: string
}

/**
 * Keeps the row of a relay that only takes events: it claims nothing, but whoever changes the form of the data has to see it, and it has to
 * see that they did.
 */
export class Presence {
  readonly #parts: PresenceParts
  readonly #over = new AbortController()

  constructor(parts: PresenceParts) {
    this.#parts = parts
  }

  /** Runs until {@link leave}. Rejects with what does not pass by itself. */
  async run(): Promise<void> {
    const { claims, runtime, name } = this.#parts
    while (!this.#over.signal.aborted) {
      await unlessPassing(() => claims.renew({ name, forMs: LASTS_MS, delivers: false }))
      await runtime.sleep(RENEW_EVERY_MS, this.#over.signal)
    }
  }

  async leave(): Promise<void> {
    this.#over.abort()
    await unlessPassing(() => this.#parts.claims.leave())
  }
}
