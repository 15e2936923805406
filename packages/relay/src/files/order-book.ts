import { Hash64 } from './hash64.ts'

/** What the whole file says of a key: once; the same several times, of which this is the first or a later one; or different things. */
export type Repeat = 'once' | 'first' | 'again' | 'differs'

/** A key that came up several times, as a hash, and whether different things were said under it. */
export type KeptRepeat = readonly [hash: string, differs: boolean]

/**
 * Hashes that lie in one piece: what grows by pieces is never copied, and never has room for twice as much. A piece has a megabyte, which
 * the allocator maps for itself and gives back; half of that stayed in the process.
 */
const PIECE = 131_072
/** The hashes are sorted a part at a time, by their first bits, since sorting all of them takes as much room again. */
const PART_BITS = 3

/**
 * Remembers of every order of a file its key and what was said under it, in 16 bytes; no text is kept. Two keys of a million share their
 * 64 bits once in 30 million files, and then both orders are refused, not sent.
 */
export class OrderBook {
  readonly #keys = new Words()
  readonly #contents = new Words()
  readonly #hash = new Hash64()

  /** `content` stands for all that the rows of the order say. */
  add(key: string, content: Pick<Hash64, 'high' | 'low'>): void {
    this.#keys.push(this.#hash.reset().add(key).end())
    this.#contents.push(content)
  }

  /** Call once everything was added. */
  repeats(): Repeats {
    const repeated = this.#keys.repeated()
    const first = new BigUint64Array(repeated.length)
    const flags = new Uint8Array(repeated.length)
    if (repeated.length === 0) return new Repeats(repeated, flags)
    for (let entry = 0; entry < this.#keys.length; entry++) {
      const at = placeOf(this.#keys.at(entry), repeated)
      if (at < 0) continue
      const content = this.#contents.at(entry)
      if (flags[at] === UNSEEN) first[at] = content
      else if (first[at] !== content) flags[at] = DIFFERS
      flags[at] ||= SEEN
    }
    return new Repeats(
      repeated,
      flags.map((flag) => (flag === DIFFERS ? DIFFERS : UNSEEN)),
    )
  }
}

const UNSEEN = 0
const SEEN = 1
const DIFFERS = 2

/** The keys of a file that came up several times; it also knows which of them have come up in this reading. */
export class Repeats {
  readonly #hashes: BigUint64Array
  readonly #flags: Uint8Array
  readonly #hash = new Hash64()

  constructor(sortedHashes: BigUint64Array, flags: Uint8Array) {
    this.#hashes = sortedHashes
    this.#flags = flags
  }

  /** Those that an earlier reading of the same file found. */
  static kept(entries: readonly KeptRepeat[]): Repeats {
    const known = new Map(entries.map(([hash, differs]) => [BigInt(`0x${hash}`), differs]))
    const hashes = BigUint64Array.from(known.keys()).sort()
    return new Repeats(
      hashes,
      Uint8Array.from(hashes, (hash) => (known.get(hash) ? DIFFERS : UNSEEN)),
    )
  }

  /** The same, and beside them keys of other files under which different things were said. */
  withDiffering(others: readonly Repeats[]): Repeats {
    const differing = others.flatMap((other) => other.entries().filter(([, differs]) => differs))
    return differing.length === 0 ? this : Repeats.kept([...this.entries(), ...differing])
  }

  get size(): number {
    return this.#hashes.length
  }

  /** Takes note that the key comes up. */
  meet(key: string): Repeat {
    if (this.size === 0) return 'once'
    const at = placeOf(this.#hash.reset().add(key).end().toBigInt(), this.#hashes)
    if (at < 0) return 'once'
    if (this.#flags[at] === DIFFERS) return 'differs'
    if (this.#flags[at] === SEEN) return 'again'
    this.#flags[at] = SEEN
    return 'first'
  }

  /** For a new reading from the beginning. */
  forgetMet(): void {
    for (const [at, flag] of this.#flags.entries()) if (flag === SEEN) this.#flags[at] = UNSEEN
  }

  entries(): KeptRepeat[] {
    return Array.from(this.#hashes, (hash, at) => [hash.toString(16), this.#flags[at] === DIFFERS])
  }
}

/** 64-bit numbers that are written in halves: a BigInt for each would be most of the garbage of a reading. */
class Words {
  readonly #pieces: BigUint64Array[] = []
  readonly #halves: Uint32Array[] = []
  length = 0

  push({ high, low }: Pick<Hash64, 'high' | 'low'>): void {
    const at = this.length % PIECE
    if (at === 0) {
      const piece = new BigUint64Array(PIECE)
      this.#pieces.push(piece)
      this.#halves.push(new Uint32Array(piece.buffer))
    }
    setHalves(this.#halves.at(-1)!, at, high, low)
    this.length += 1
  }

  at(place: number): bigint {
    return this.#pieces[Math.floor(place / PIECE)]![place % PIECE]!
  }

  /** Those that are there several times, each once, sorted. */
  repeated(): BigUint64Array {
    const found: bigint[] = []
    for (const [part, count] of this.#countParts().entries()) {
      const sorted = this.#takePart(part, count).sort()
      const halves = new Uint32Array(sorted.buffer)
      const isAgain = (at: number): boolean =>
        at > 0 && halves[at * 2] === halves[at * 2 - 2] && halves[at * 2 + 1] === halves[at * 2 - 1]
      for (let at = 1; at < count; at++) if (isAgain(at) && !isAgain(at - 1)) found.push(sorted[at]!)
    }
    return BigUint64Array.from(found)
  }

  #countParts(): Uint32Array {
    const counts = new Uint32Array(2 ** PART_BITS)
    for (const [piece, halves] of this.#halves.entries())
      for (let at = 1 - LOW_HALF; at < this.#endOf(piece); at += 2) counts[partOf(halves[at]!)]! += 1
    return counts
  }

  #takePart(part: number, count: number): BigUint64Array {
    const taken = new BigUint64Array(count)
    const target = new Uint32Array(taken.buffer)
    let to = 0
    for (const [piece, halves] of this.#halves.entries()) {
      const end = this.#endOf(piece)
      for (let at = 0; at < end; at += 2) {
        if (partOf(halves[at + 1 - LOW_HALF]!) !== part) continue
        target[to++] = halves[at]!
        target[to++] = halves[at + 1]!
      }
    }
    return taken
  }

  /** Where the halves in a piece end. */
  #endOf(piece: number): number {
    return Math.min(PIECE, this.length - piece * PIECE) * 2
  }
}

function partOf(high: number): number {
  return high >>> (32 - PART_BITS)
}

function setHalves(halves: Uint32Array, at: number, high: number, low: number): void {
  halves[at * 2 + LOW_HALF] = low
  halves[at * 2 + 1 - LOW_HALF] = high
}

/** Which half comes first is the machine's choice; what is kept in a state has to be read on any. */
const LOW_HALF = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** The place in a sorted list; below 0 where it is not there. */
function placeOf(wanted: bigint, sorted: BigUint64Array): number {
  let from = 0
  let to = sorted.length - 1
  while (from <= to) {
    const middle = (from + to) >>> 1
    const found = sorted[middle]!
    if (found === wanted) return middle
    if (found < wanted) from = middle + 1
    else to = middle - 1
  }
  return -1
}
