import { createGunzip } from 'node:zlib'
import { Collector } from './collector.ts'

/** What became of compressed bytes. */
export type Unfolded = Uint8Array | 'too_large' | 'crowded' | 'not_gzip'

/** At a time: one thread of the pool stays free for whoever looks up a name or reads a file. */
const MAX_AT_A_TIME = 3

const waiting: (() => void)[] = []
let running = 0

/** Undoes gzip step by step, each step counted before the next one is made. `take`: `false` when there is no room for more. */
export async function gunzip(bytes: Uint8Array, maxBytes: number, take: (bytes: number) => boolean): Promise<Unfolded> {
  if (running >= MAX_AT_A_TIME) await new Promise<void>((go) => waiting.push(go))
  else running += 1
  try {
    return await unfold(bytes, maxBytes, take)
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

async function unfold(bytes: Uint8Array, maxBytes: number, take: (bytes: number) => boolean): Promise<Unfolded> {
  const collector = new Collector()
  const stream = createGunzip()
  stream.end(bytes)
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      if (collector.bytes + piece.length > maxBytes) return 'too_large'
      if (!take(piece.length)) return 'crowded'
      collector.add(piece)
    }
  } catch {
    return 'not_gzip'
  }
  return collector.take()
}
