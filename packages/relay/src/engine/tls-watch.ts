import type { Answer } from 'waybill/delivery'
import type { LifecycleEvents } from './events.ts'

const HINT = 'waybill doctor; name an authority of your own in NODE_EXTRA_CA_CERTS'

/** Says once that whoever answers for the API cannot be trusted, and once that it can again. Requests go on, slowly. */
export class TlsWatch {
  readonly #pixel: string
  readonly #events: LifecycleEvents
  #isFailing = false

  constructor(pixel: string, events: LifecycleEvents) {
    this.#pixel = pixel
    this.#events = events
  }

  /** Gives the answer back. */
  see(answer: Answer): Answer {
    const pixel = this.#pixel
    if (answer.kind === 'failure' && answer.reason === 'tls') {
      const message = answer.detail ?? 'no TLS connection'
      if (!this.#isFailing) this.#events.emit('tls:failed', { pixel, message, hint: HINT })
      this.#isFailing = true
    } else if (answer.kind === 'response' && this.#isFailing) {
      this.#isFailing = false
      this.#events.emit('tls:recovered', { pixel })
    }
    return answer
  }
}
