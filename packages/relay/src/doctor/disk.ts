import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Finding, type Level, sizeText } from './finding.ts'

/** What is known of the data folder, or of the folder in which it would be made. */
export interface DiskFacts {
  readonly folder: string
  readonly state: 'there' | 'missing' | 'no folder'
  /** Of the folder itself; where it is missing, of the nearest one that is there. */
  readonly isWritable: boolean
  /** `undefined` where the folder is missing or the system has none. */
  readonly mode: number | undefined
  /** `undefined` where the system does not say. */
  readonly freeBytes: number | undefined
}

/** Below this a burst of events fills what is left. */
const LOW_BYTES = 1_000_000_000
/** SQLite's log alone may need it; intake is about to answer 503. */
const LEAST_BYTES = 100_000_000
const FOR_OTHERS = 0o077

/** One line for each trouble; one in all where there is none. */
export function judgeDisk(facts: DiskFacts): Finding[] {
  const { folder, state, freeBytes } = facts
  const troubles = TROUBLES.flatMap((trouble) => trouble(facts) ?? [])
  if (troubles.length > 0) return troubles
  const room = freeBytes === undefined ? '' : `, ${sizeText(freeBytes)} free`
  const message = state === 'there' ? `writable, for its owner alone${room}` : `is made by waybill serve${room}`
  return [{ check: 'disk', about: folder, level: 'ok', message }]
}

type Trouble = (facts: DiskFacts) => Finding | undefined

const TROUBLES: readonly Trouble[] = [
  ({ folder, state }) =>
    state === 'no folder'
      ? wrong(folder, 'is no folder', 'Set dataDir (WAYBILL_DATA_DIR) to a folder, or to a path that is free.')
      : undefined,
  ({ folder, state, isWritable }) => {
    if (isWritable || state === 'no folder') return undefined
    const message = state === 'there' ? 'cannot be written' : 'does not exist and cannot be made'
    return wrong(folder, message, 'Give it to the user that runs the relay, or set dataDir (WAYBILL_DATA_DIR).')
  },
  ({ folder, mode }) => {
    if (mode === undefined || (mode & FOR_OTHERS) === 0) return undefined
    return trouble('warning', folder, `can be read by others (mode ${mode.toString(8)})`, `Run chmod 700 ${folder}`)
  },
  ({ folder, freeBytes }) => {
    if (freeBytes === undefined || freeBytes >= LOW_BYTES) return undefined
    const level = freeBytes < LEAST_BYTES ? 'wrong' : 'warning'
    return trouble(level, folder, `${sizeText(freeBytes)} free`, 'Make room: a full disk answers 503 to new events.')
  },
]

function wrong(folder: string, message: string, next: string): Finding {
  return trouble('wrong', folder, message, next)
}

function trouble(level: Level, about: string, message: string, next: string): Finding {
  return { check: 'disk', about, level, message, next }
}

/** Looks at the folder without changing anything. */
export function lookAtDisk(folder: string): DiskFacts {
  const found = statSync(folder, { throwIfNoEntry: false })
  const place = found === undefined ? nearestFolder(folder) : folder
  return {
    folder,
    state: found === undefined ? 'missing' : found.isDirectory() ? 'there' : 'no folder',
    isWritable: isWritable(place),
    mode: found === undefined || process.platform === 'win32' ? undefined : found.mode & 0o777,
    freeBytes: freeBytesOf(place),
  }
}

function nearestFolder(path: string): string {
  const parent = dirname(path)
  return parent === path || statSync(parent, { throwIfNoEntry: false }) !== undefined ? parent : nearestFolder(parent)
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false
  }
}

function freeBytesOf(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}
