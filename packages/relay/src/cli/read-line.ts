import type { Readable } from 'node:stream'

/**
 * The next line of what a user types, without its end; what comes after it stays in the stream, which is paused, so that an
 * editor can read from the terminal meanwhile. `undefined` at the end of the input, or after an interrupt.
 */
export function readLine(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const done = (line: string | undefined): void => {
      input.pause()
      input.off('data', take).off('end', end).off('error', end)
      signal.removeEventListener('abort', end)
      resolve(line)
    }
    const end = (): void => done(undefined)
    const take = (piece: Buffer | string): void => {
      text += piece.toString()
      const at = text.indexOf('\n')
      if (at === -1) return
      done(text.slice(0, at))
      if (at + 1 < text.length) input.unshift(text.slice(at + 1))
    }
    if (signal.aborted || input.readableEnded) return end()
    signal.addEventListener('abort', end)
    input.on('end', end).on('error', end).on('data', take).resume()
  })
}
