/** What is needed of a sighting to pair it. */
export interface Placed {
  readonly id: string
  readonly name: string
  readonly pixel: string
  readonly timeMs: number | null
}

export interface Pair<Item> {
  readonly pixel: Item
  readonly server: Item
}

/**
 * Pairs what is alike on both sides, the earliest first, each at most once, and only where the times lie at most `maxApartMs`
 * apart; a time that is not known lies near every other. Exchanging the sides exchanges the pairs and nothing else.
 */
export function pairUp<Item extends Placed>(
  ofPixel: readonly Item[],
  ofServer: readonly Item[],
  maxApartMs: number,
): Pair<Item>[] {
  const [pixels, servers] = [ofPixel.toSorted(byTime), ofServer.toSorted(byTime)]
  const pairs: Pair<Item>[] = []
  for (let at = 0, other = 0; at < pixels.length && other < servers.length; ) {
    const [pixel, server] = [pixels[at]!, servers[other]!]
    const ms = apartMs(pixel, server)
    if (ms === null || Math.abs(ms) <= maxApartMs) {
      pairs.push({ pixel, server })
      at += 1
      other += 1
    } else if (ms < 0) other += 1
    else at += 1
  }
  return pairs
}

/** By how much the server's time is later, in milliseconds; null where one is not known. */
export function apartMs(pixel: Placed, server: Placed): number | null {
  return pixel.timeMs === null || server.timeMs === null ? null : server.timeMs - pixel.timeMs
}

function byTime(one: Placed, other: Placed): number {
  const [left, right] = [one.timeMs ?? Number.POSITIVE_INFINITY, other.timeMs ?? Number.POSITIVE_INFINITY]
  if (left !== right) return left < right ? -1 : 1
  return compareText(one.id, other.id) || compareText(one.name, other.name) || compareText(one.pixel, other.pixel)
}

function compareText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}
