import type { JsonObject } from './row.ts'

const MAX_DEPTH = 20

/** The leaves of an object under dotted keys (`data.contents.0.id`), as the text that a cell would hold; null is empty. */
export function flatten(object: JsonObject): Map<string, string> {
  const leaves = new Map<string, string>()
  addLeaves(leaves, object, '', 0)
  return leaves
}

function addLeaves(leaves: Map<string, string>, value: object, prefix: string, depth: number): void {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix + key
    if (typeof inner !== 'object' || inner === null) leaves.set(path, textOf(inner))
    else if (depth < MAX_DEPTH) addLeaves(leaves, inner as object, `${path}.`, depth + 1)
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
