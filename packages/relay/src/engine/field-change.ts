import type { FieldChange } from '../store/index.ts'

type Container = Record<string, unknown>

/** The places of a path such as `data.contents[0].amount`. Throws a `TypeError` for what is none. */
export function placesOf(path: string): readonly (string | number)[] {
  if (!/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d{1,4}\])*$/.test(path))
    throw new TypeError(`${JSON.stringify(path.slice(0, 100))} is no path of a field.`)
  return [...path.matchAll(/[\w$]+/g)].map(([place], at) => (at > 0 && /^\d+$/.test(place) ? Number(place) : place))
}

/** The event with other values in some fields, itself unchanged; what leads to a field and is not there is made. */
export function withChanges(event: unknown, changes: readonly FieldChange[]): unknown {
  return changes.reduce((changed, { path, value }) => put(changed, placesOf(path), value), event)
}

function put(container: unknown, [place, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (place === undefined) return value
  const copy: Container = (Array.isArray(container) ? [...container] : { ...(container as Container) }) as Container
  // A key of the prototype is no field of an event.
  if (place === '__proto__') return copy
  const changed = put(Object.hasOwn(copy, place) ? copy[place] : undefined, rest, value)
  if (changed === undefined) delete copy[place]
  else copy[place] = changed
  return copy
}
