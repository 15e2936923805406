import type { ColumnProfile } from './column-profile.ts'
import { FilesError } from './errors.ts'

/** What a file leaves open and nobody said: nothing is sent before a map says it. */
export interface Doubt {
  /** What the issue is called, as in the refusal of one event. */
  readonly code: string
  /** The field, or the column, that is in doubt. */
  readonly about: string
  readonly message: string
  /** The lines of a map of which one settles it. */
  readonly lines: readonly string[]
  /** The column whose words are in doubt. */
  readonly column?: string
  /** What `where` would probably ask of the column, by words that are known. */
  readonly where?: Readonly<Record<string, unknown>>
  /** The same, with words that nobody knows: a person keeps those that count. */
  readonly offered?: Readonly<Record<string, unknown>>
}

/** A file that was not sent because it can be read in more than one way. Its message says which, and what settles it. */
export class DoubtError extends FilesError {
  override readonly name: string = 'DoubtError'
  readonly doubts: readonly Doubt[]

  constructor(file: string, doubts: readonly Doubt[], outcome = 'Nothing was sent.') {
    super(`${file}: ${doubts.map(inOneLine).join(' ')} ${outcome}`)
    this.doubts = doubts
  }
}

/** What columns hold in their first rows: `"id" (1, 2, 3)`. */
export function withFirstValues(profiles: readonly ColumnProfile[]): string {
  return listed(profiles.map(({ column, first }) => `"${column}" (${first.map(shown).join(', ') || 'empty'})`))
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** A line of a map. */
export function mapLine(key: string, value: unknown): string {
  return `"${key}": ${JSON.stringify(value)}`
}

const LONGEST_SHOWN = 40

/** An address, or what is too long to be read, has no place in a message. */
function shown(value: string): string {
  if (value.includes('@')) return '…'
  return value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value
}

function inOneLine({ message, lines }: Doubt): string {
  return lines.length === 0 ? message : `${message} Say it in a map (--map): ${lines.join(' or ')}.`
}
