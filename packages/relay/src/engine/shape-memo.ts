import type { WireEvent } from 'waybill'
import { shapeKey } from 'waybill/delivery'

/** What clients invent without end (custom names, free keys) must not fill the memory. */
const MAX_STEPS = 20_000

/** Stands in a path where one part of an event ends and the next begins; no key can be equal to it. */
const NEXT_PART = Symbol('next part')

/** A place in the tree of the key orders that were seen. */
interface Step {
  readonly next: Map<string | symbol, Step>
  /** The shape of the events whose keys end here. */
  shape: string | undefined
}

/**
 * Gives shape keys like `shapeKey`, whose sorting and joining costs more than all checks of an event. Clients write the keys of
 * their events in few orders, so each order is sorted once. The same text is given for it each time, of which V8 keeps the
 * hash: looking up what belongs to a shape then costs next to nothing.
 */
export function createShapeMemo(maxSteps: number = MAX_STEPS): (event: WireEvent) => string {
  let root = newStep()
  let steps = 0

  return (event) => {
    if (steps >= maxSteps) {
      root = newStep()
      steps = 0
    }
    const end = endOf(event)
    if (end === undefined) return shapeKey(event)
    end.shape ??= shapeKey(event)
    return end.shape
  }

  /** Where the keys of an event lead, in the order in which they stand; `undefined` where the keys of its items differ. */
  function endOf(event: WireEvent): Step | undefined {
    const { type, custom_event_name: name = NEXT_PART, data, user = NO_KEYS } = event
    const about = followKeys(follow(follow(follow(root, type), name), data.type), event)
    return itemsEnd(followKeys(followKeys(about, data), user), data.contents ?? NO_ITEMS)
  }

  function itemsEnd(start: Step, items: readonly object[]): Step | undefined {
    let end: Step | undefined
    for (const item of items) {
      const itemEnd = followKeys(start, item)
      if (end !== undefined && end !== itemEnd) return undefined
      end = itemEnd
    }
    return end ?? start
  }

  function followKeys(step: Step, part: object): Step {
    let at = step
    for (const key in part) at = follow(at, key)
    return follow(at, NEXT_PART)
  }

  function follow(step: Step, key: string | symbol): Step {
    const known = step.next.get(key)
    if (known !== undefined) return known
    const fresh = newStep()
    step.next.set(key, fresh)
    steps++
    return fresh
  }
}

function newStep(): Step {
  return { next: new Map(), shape: undefined }
}

const NO_KEYS = {}
const NO_ITEMS: readonly object[] = []
