import { Readable } from 'node:stream'

/** One reader of the stream. What it does not take in time is dropped and counted, so that nobody waits for it. */
export interface Reader {
  readonly body: Readable
  send(text: string): void
  /** Sends only where nothing else waits: a sign of life. */
  beat(text: string): void
  /** Says a last word and ends; a reader that lags behind is cut off. */
  end(text: string): void
}

export interface ReaderOptions {
  /** Text that may wait for the reader, in UTF-16 units. */
  readonly maxWaiting: number
  /** The line that says how many were dropped at its place. */
  readonly lostLine: (lost: number) => string
  readonly onGone: () => void
}

export function createReader({ maxWaiting, lostLine, onGone }: ReaderOptions): Reader {
  let waiting: string[] = []
  let waitingLength = 0
  let lost = 0
  let isWanted = false
  let isPlanned = false
  const body = new Readable({
    read() {
      isWanted = true
      flush()
    },
    destroy(error, done) {
      onGone()
      done(error)
    },
  })
  /** Everything that waits goes out in one piece. What was lost came after it and before what comes next. */
  const flush = (): void => {
    isPlanned = false
    if (!isWanted || waitingLength === 0 || body.destroyed) return
    const text = waiting.join('') + (lost > 0 ? lostLine(lost) : '')
    waiting = []
    waitingLength = 0
    lost = 0
    isWanted = false
    body.push(text)
  }
  const send = (text: string): void => {
    if (lost > 0 || waitingLength + text.length > maxWaiting) {
      lost += 1
      return
    }
    waiting.push(text)
    waitingLength += text.length
    if (isPlanned) return
    isPlanned = true
    queueMicrotask(flush)
  }
  return {
    body,
    send,
    beat(text) {
      if (waitingLength === 0) send(text)
    },
    end(text) {
      send(text)
      flush()
      const lagsBehind = waitingLength > 0 || body.readableLength > 0
      if (lagsBehind) body.destroy()
      else body.push(null)
    },
  }
}
