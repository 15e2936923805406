/** The rooms of the packages and what each may import, as the table of ARCHITECTURE.md has them. */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { Source } from './sources.ts'

export interface Room {
  /** From the repository's root: a folder, or a file with its ending. */
  readonly path: string
  /** Other rooms of its package, single files of them, and packages. */
  readonly mayImport: readonly string[]
}

/** An import that leaves its room: from a file, to another room or a package. */
export interface Edge {
  readonly file: string
  readonly from: string
  readonly room: Room
  /** By what names the table may allow it; none where it cannot. */
  readonly names: readonly string[]
}

/** The rows of the table whose first cell is a path below `packages/`. */
export function readRooms(page: string): Room[] {
  return page.split('\n').flatMap((line) => {
    const [folders, , edges] = cellsOf(line)
    const paths = quoted(folders ?? '').filter((path) => path.startsWith('packages/'))
    return paths.map((path) => ({ path, mayImport: quoted(edges ?? '') }))
  })
}

const cellsOf = (line: string): string[] => (line.startsWith('|') ? line.split('|').slice(1, -1) : [])
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!)

export function edgesOf(source: Source, rooms: readonly Room[]): Edge[] {
  const room = roomOf(source.file, rooms)
  if (room === undefined) return []
  return source.imports.flatMap(({ from }): Edge[] => {
    if (isBuiltin(from)) return []
    if (!isRelative(from)) return [{ file: source.file, from, room, names: [bareName(from)] }]
    const target = resolved(source.file, from)
    const other = roomOf(target, rooms)
    if (other === room) return []
    const isNear = other !== undefined && packageOf(target) === packageOf(source.file)
    return [{ file: source.file, from, room, names: isNear ? [nameOf(other.path), nameOf(target)] : [] }]
  })
}

/** The room in which a file lies: the innermost one. */
export function roomOf(file: string, rooms: readonly Room[]): Room | undefined {
  const around = rooms.filter(({ path }) => file === path || file.startsWith(`${path}/`))
  return around.sort((left, right) => right.path.length - left.path.length)[0]
}

export function forbiddenEdges(edges: readonly Edge[]): string[] {
  const forbidden = edges.filter(({ room, names }) => !names.some((name) => room.mayImport.includes(name)))
  return forbidden.map(
    ({ file, from, room }) => `${file} imports ${from}: ${nameOf(room.path)} may import ${listed(room.mayImport)}`,
  )
}

/** What the table allows and no file does. */
export function unusedEntries(edges: readonly Edge[], rooms: readonly Room[]): string[] {
  return rooms.flatMap((room) => {
    const used = new Set(edges.filter((edge) => edge.room === room).flatMap(({ names }) => names))
    return room.mayImport.filter((name) => !used.has(name)).map((name) => `${room.path} does not import ${name}`)
  })
}

/** A path as the table's last column writes it: without its package and without an ending. */
export const nameOf = (path: string): string => path.replace(/^packages\/[^/]+\/src\//, '').replace(/\.tsx?$/, '')
export const packageOf = (file: string): string => file.split('/')[1]!
/** The package that a bare import names, without its subpath. */
export const bareName = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/')
export const resolved = (file: string, from: string): string => posix.join(posix.dirname(file), from)
export const isRelative = (from: string): boolean => from.startsWith('.')
const listed = (names: readonly string[]): string => names.join(', ') || 'nothing'
