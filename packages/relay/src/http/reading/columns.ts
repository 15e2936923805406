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
  return {
    counts: Int32Array.from(bodies, (body) => body?.length ?? UNREAD),
    ids: events.map(({ id }) => id),
    wires: events.map(({ wire }) => wire),
    timestampsMs: Float64Array.from(events, ({ timestampMs }) => timestampMs),
    digests: Buffer.concat(events.map(contentDigest)),
    names: textsOf(events.map(({ name }) => name)),
    shapes: textsOf(events.map(({ shape }) => shape)),
    amounts: Float64Array.from(events, ({ amount = Number.NaN }) => amount),
    currencies: textsOf(events.map(({ currency = '' }) => currency)),
    others: events.flatMap(otherOf),
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
      const event = {
        ...moneyAt(amounts, currencies, at),
        pixel,
        name: names.texts[names.at[at]!]!,
        id: ids[at],
        wire: wires[at]!,
        shape: shapes.texts[shapes.at[at]!]!,
        timestampMs: timestampsMs[at]!,
        contentHash: digests.subarray(at * digestBytes, (at + 1) * digestBytes),
        source,
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

function moneyAt(
  amounts: Float64Array,
  { texts, at: places }: Texts,
  at: number,
): Pick<NewEvent, 'amount' | 'currency'> {
  const amount = amounts[at]!
  return Number.isNaN(amount) ? {} : { amount, currency: texts[places[at]!]! }
}

const USUAL: Omit<Other, 'at'> = { issues: [], state: 'queued', dueMs: 0 }

function otherOf({ issues, state = 'queued', dueMs = 0 }: NewEvent, at: number): Other[] {
  return issues.length === 0 && state === 'queued' && dueMs === 0 ? [] : [{ at, issues, state, dueMs }]
}

function textsOf(all: readonly string[]): Texts {
  const places = new Map<string, number>()
  const at = Uint16Array.from(all, (text) => {
    const place = places.get(text) ?? places.size
    places.set(text, place)
    return place
  })
  return { texts: [...places.keys()], at }
}
