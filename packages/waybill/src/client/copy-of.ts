/**
 * An event as it is now, whatever its writer does to it later: plain objects and lists are copied; dates, decimals and other objects of a
 * class stay what they are. The event itself where reading it fails.
 */
export function copyOf(event: unknown): unknown {
  try {
    return copied(event)
  } catch {
    return event
  }
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]))
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
