/** What must outlive whoever delivers a pixel, as it is written beside its claim. */
import { type GateNote, type LearnedNote, SECOND_MS } from 'waybill/delivery'
import type { PixelDelivery } from '../pixel-delivery.ts'

interface PixelNote {
  readonly gate: GateNote
  readonly learned: LearnedNote
  /** When it was written, by the clock of its writer that only goes forward: the times in it are of that clock. */
  readonly atMs: number
}

interface Noted {
  readonly text: string
  /** Differs where something changed that is worth a write. */
  readonly mark: string
  /** Nothing leaves before, by the clock of the writer. */
  readonly waitsUntilMs: number
}

/** The text to be kept. */
export function noteOf({ gate, learned }: PixelDelivery, atMs: number): Noted {
  const note: PixelNote = { gate: gate.note(), learned: learned.note(), atMs }
  const { nextAtMs, ...pace } = note.gate
  // A pixel of many requests a second is not written down for each of them.
  const nextMs = nextAtMs - atMs > SECOND_MS ? nextAtMs : 0
  const mark = JSON.stringify([pace, nextMs, note.learned])
  return { text: JSON.stringify(note), mark, waitsUntilMs: Math.max(nextAtMs, pace.pausedUntilMs) }
}

/** Goes on where the one before was. A text of another version, or of none, says nothing. */
export function recallNote(
  { gate, learned }: PixelDelivery,
  said: { readonly text: string; readonly agoMs: number },
  nowMs: number,
): void {
  const note = parsed(said.text)
  if (note === undefined) return
  gate.recall(note.gate, nowMs - said.agoMs - note.atMs)
  learned.recall(note.learned)
}

function parsed(text: string): PixelNote | undefined {
  try {
    const note = JSON.parse(text) as Partial<PixelNote> | null
    const isWhole = typeof note?.atMs === 'number' && note.gate !== undefined && note.learned !== undefined
    return isWhole ? (note as PixelNote) : undefined
  } catch {
    return undefined
  }
}
