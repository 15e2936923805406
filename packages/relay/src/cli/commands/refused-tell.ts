import { EXIT, type Io, print, say } from '../io.ts'
import { askRelay, type RelayOptions } from '../relay-api.ts'

/** Asks the relay to change events, and tells how many it changed. */
export async function tell(
  path: string,
  body: object,
  options: RelayOptions & { readonly limit: number },
  io: Io,
): Promise<number> {
  const answer = await askRelay<Readonly<Record<string, unknown>>>(path, options, io, { method: 'POST', body })
  if (options.json === true) print(io, JSON.stringify(answer))
  else {
    const words = Object.entries(answer).map(([word, value]) => `${word}: ${String(value)}`)
    const isFull = Object.values(answer).includes(options.limit)
    say(io, words.join(', ') + (isFull ? '; there may be more: raise --limit' : ''))
  }
  return EXIT.ok
}
