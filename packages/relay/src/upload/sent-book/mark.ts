import { FINGERPRINT_WORDS, type Fingerprint, fingerprint, KEY_WORDS } from '../../files/index.ts'

/** 16 bytes of what an event is called and 8 of what it says: nobody reads an id or a value from them. */
const MARK_BYTES: number = FINGERPRINT_WORDS * 4
const KEY_BYTES = KEY_WORDS * 4

interface Marked {
  /** What the event is called, as {@link keyText} has it; as text, or in UTF-8. */
  readonly key: string | Uint8Array
  /** Its JSON, likewise. */
  readonly wire: string | Uint8Array
}

/** The marks of events, one after the other, by which later runs know them again. */
export function marksOf(events: Iterable<Marked>, count: number): Buffer<ArrayBuffer> {
  const marks = Buffer.alloc(count * MARK_BYTES)
  const words = new Uint32Array(FINGERPRINT_WORDS)
  let from = 0
  for (const { key, wire } of events) {
    fingerprint(key, wire, words)
    for (const word of words) from = marks.writeUInt32BE(word, from)
  }
  return marks
}

/** The same of events by what they are called. */
export function marksOfNamed(
  events: readonly { readonly name: string; readonly id?: string | undefined; readonly wire: string }[],
): Buffer<ArrayBuffer> {
  return marksOf(
    events.map(({ name, id, wire }) => ({ key: keyText(name, id), wire })),
    events.length,
  )
}

/** How many marks there are. */
export function countOf(marks: Buffer): number {
  return marks.length / MARK_BYTES
}

/** The mark at a place, as words that are written into `target`. */
export function markAt(marks: Buffer, place: number, target: Fingerprint): Fingerprint {
  for (let word = 0; word < FINGERPRINT_WORDS; word++) target[word] = marks.readUInt32BE(place * MARK_BYTES + word * 4)
  return target
}

/** What of the mark at a place stands for the event's key. */
export function keyAt(marks: Buffer, place: number): string {
  return marks.toString('latin1', place * MARK_BYTES, place * MARK_BYTES + KEY_BYTES)
}

/** The same of an event of which only the key is known. */
export function keyOf(name: string, id: string | undefined): string {
  return keyAt(marksOfNamed([{ name, id, wire: '' }]), 0)
}

/** What an event is called, which no other one is: no name of an event holds the sign between. */
export function keyText(name: string, id: string = ''): string {
  return `${name}\0${id}`
}
