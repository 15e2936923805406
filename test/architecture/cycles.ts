import { isRelative, resolved } from './rooms.ts'
import type { Source } from './sources.ts'

/** Who imports whom, files or whatever `nodeOf` makes of them. What exists in types only is left out unless asked for. */
export function edgesBetween(
  sources: readonly Source[],
  nodeOf: (file: string) => string,
  withTypes = false,
): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>()
  for (const source of sources) {
    const targets = source.imports.filter(({ from, isType }) => isRelative(from) && (withTypes || !isType))
    const nodes = edges.get(nodeOf(source.file)) ?? new Set()
    for (const { from } of targets) nodes.add(nodeOf(resolved(source.file, from)))
    nodes.delete(nodeOf(source.file))
    edges.set(nodeOf(source.file), nodes)
  }
  return edges
}

/** Rings of imports, each as a list of nodes. */
export function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node])
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) visit(next, [...path, node])
    done.add(node)
  }
  for (const node of edges.keys()) visit(node, [])
  return found
}
