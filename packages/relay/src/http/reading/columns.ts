import { contentDigest } from '../../store/content-digest.ts'
import type { NewEvent } from '../../store/index.ts'

/**
 * The events of a pack of bodies, turned on their side: copied to another thread, this costs a fraction of the objects. What is the
 * same in all events of a body stays behind, and what few have stands apart.
 */
export interface Columns {
  /** For each body how many events it has, or `UNREAD`. */
  readonly counts: Int32Array
  readonly ids: readonly (string | undefined)[]
  readonly wires: readonly string[]
  readonly timestampsMs: Float64Array
  /** Digests of the contents, one after the other, all of one length. */
  readonly digests: Uint8Array
  /** Names and shapes: each text once, and for each event where it stands. */
  readonly names: Texts
  readonly shapes: Texts
  /** Minor units; NaN where there is none. */
  readonly amounts: Float64Array
  readonly currencies: Texts
  readonly others: readonly Other[]
}

interface Texts {
  readonly texts: readonly string[]
  readonly at: Uint16Array
}

/** What most events have not. */
interface Other extends Required<Pick<NewEvent, 'issues' | 'state' | 'dueMs'>> {
  readonly at: number
}

type Common = Pick<NewEvent, 'pixel' | 'source'>

/** A body that whoever brought it has to read. */
const UNREAD = -1

/** Events of intake: without contexts, and at most 65,536. */
export function toColumns(bodies: readonly (readonly NewEvent[] | undefined)[]): Columns {
  const events = bodies.flatMap((body) => body ?? [])
  const names = new TextColumn(events.length)
  const shapes = new TextColumn(events.length)
  const currencies = new TextColumn(events.length)
  const timestampsMs = new Float64Array(events.length)
  const amounts = new Float64Array(events.length)
  const others: Other[] = []
  for (const [at, event] of events.entries()) {
    const { issues, state = 'queued', dueMs = 0, amount = Number.NaN, currency = '' } = event
    names.put(at, event.name)
    shapes.put(at, event.shape)
    currencies.put(at, currency)
    timestampsMs[at] = event.timestampMs
    amounts[at] = amount
    if (issues.length > 0 || state !== 'queued' || dueMs !== 0) others.push({ at, issues, state, dueMs })
  }
  return {
    counts: Int32Array.from(bodies, (body) => body?.length ?? UNREAD),
    ids: events.map(({ id }) => id),
    wires: events.map(({ wire }) => wire),
    timestampsMs,
    digests: Buffer.concat(events.map(contentDigest)),
    names,
    shapes,
    amounts,
    currencies,
    others,
  }
}

/** Texts as they come, neighbours mostly alike. Its fields can be copied to another thread. */
class TextColumn implements Texts {
  readonly texts: string[] = []
  readonly at: Uint16Array
  readonly #places: Map<string, number> = new Map()

  constructor(length: number) {
    this.at = new Uint16Array(length)
  }

  put(at: number, text: string): void {
    let place = this.#places.get(text)
    if (place === undefined) {
      place = this.texts.push(text) - 1
      this.#places.set(text, place)
    }
    this.at[at] = place
  }
}

/** The same events by body, with their digests. `bodies`: what the events of each have in common. */
export function fromColumns(columns: Columns, bodies: readonly Common[]): (NewEvent[] | undefined)[] {
  const { counts, ids, wires, timestampsMs, digests, names, shapes, amounts, currencies, others } = columns
  const digestBytes = digests.length / ids.length
  const events: NewEvent[] = []
  const found = bodies.map(({ pixel, source }, body) => {
    const count = counts[body]!
    if (count === UNREAD) return undefined
    const own: NewEvent[] = []
    for (let left = count; left > 0; left--) {
      const at = events.length
      const amount = amounts[at]!
      // All in one literal: what is added afterwards, or spread into it, makes each object cost half as much again.
      const event: NewEvent = {
        pixel,
        name: names.texts[names.at[at]!]!,
        id: ids[at],
        wire: wires[at]!,
        shape: shapes.texts[shapes.at[at]!]!,
        timestampMs: timestampsMs[at]!,
        contentHash: digests.subarray(at * digestBytes, (at + 1) * digestBytes),
        source,
        amount: Number.isNaN(amount) ? undefined : amount,
        currency: Number.isNaN(amount) ? undefined : currencies.texts[currencies.at[at]!],
        issues: USUAL.issues,
        state: USUAL.state,
        dueMs: USUAL.dueMs,
      }
      events.push(event)
      own.push(event)
    }
    return own
  })
  for (const { at, ...other } of others) Object.assign(events[at]!, other)
  return found
}

const USUAL: Omit<Other, 'at'> = { issues: [], state: 'queued', dueMs: 0 }
