import { drive } from './drive.ts'
import type { Carried, DrivePort } from './port.ts'

/**
 * Has one event of each shape validated, all in as few requests as they fit: where one is refused, the next of its shape stands for it.
 * Gives the shapes of which the API would take one; `undefined` when it could not be asked to the end.
 */
export async function proveShapes<Item extends Carried>(
  port: DrivePort<Item>,
  events: readonly Item[],
  isOpen: (event: Item) => boolean,
): Promise<ReadonlySet<string> | undefined> {
  const proven = new Set<string>()
  for (let unproven = events.filter(isOpen); unproven.length > 0; ) {
    const before = unproven.length
    if (!(await proveSome(port, unproven, proven))) return undefined
    unproven = unproven.filter((event) => !proven.has(event.shape) && isOpen(event))
    // Nothing was settled and nothing was proven: to ask the same again would not end.
    if (unproven.length === before) return proven
  }
  return proven
}

async function proveSome<Item extends Carried>(
  port: DrivePort<Item>,
  unproven: readonly Item[],
  proven: Set<string>,
): Promise<boolean> {
  const examples = new Map<string, Item>()
  for (const event of unproven) if (!examples.has(event.shape)) examples.set(event.shape, event)
  for (const batch of port.cut([...examples.values()], 'validate')) {
    const { isWhole, validated } = await drive(port, batch, { purpose: 'validate', reserve: unproven })
    for (const { shape } of validated) proven.add(shape)
    if (!isWhole) return false
  }
  return true
}
