/** What processes used of the processor, by `/proc/<pid>/stat`. */
import { readFileSync } from 'node:fs'

export const TICKS_PER_SECOND = 100

/** Ticks. */
export interface Stat {
  readonly parent: number
  readonly own: number
  readonly ofEnded: number
}

export function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return { parent: fields[1]!, own: fields[11]! + fields[12]!, ofEnded: fields[13]! + fields[14]! }
  } catch {
    return undefined
  }
}
