import type { Window } from '../../page/index.ts'

/** So much is read at a time that the reading thread is free in between. */
const PART_MS = 6 * 60 * 60 * 1_000
/** What happened longer ago is written: its numbers stay as they are. */
const SETTLED_AFTER_MS = 2 * 60_000

export interface Part extends Window {
  /** Names what is in it: of a part that is not over, with the minute that it was read in. */
  readonly key: string
}

/** The parts that windows of time are read in. */
export function partsOf(windows: readonly Window[], pixels: readonly string[] | undefined, nowMs: number): Part[] {
  const whose = pixels === undefined ? '*' : JSON.stringify(pixels)
  const parts = windows.flatMap(({ fromMs, untilMs }) => {
    const first = Math.floor(fromMs / PART_MS) * PART_MS
    const count = Math.max(0, Math.ceil((untilMs - first) / PART_MS))
    return Array.from({ length: count }, (_, at) => first + at * PART_MS)
  })
  return [...new Set(parts)].map((fromMs) => {
    const untilMs = fromMs + PART_MS
    const isOver = untilMs + SETTLED_AFTER_MS < nowMs
    const minute = isOver ? '' : ` at ${Math.floor(nowMs / 60_000)}`
    return { fromMs, untilMs, key: `${whose} ${fromMs}${minute}` }
  })
}
