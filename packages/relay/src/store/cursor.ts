import { StoreCursorError } from './errors.ts'

/** Reads the cursor of a list that goes down by a number; without one, `start`. */
export function numberCursor(cursor: string | undefined, start: number): number {
  if (cursor === undefined) return start
  if (!/^\d{1,15}$/.test(cursor)) throw wrongCursor()
  return Number(cursor)
}

/** The place of an event in the key's index: id, name, pixel. */
export type KeyCursor = readonly [id: string, name: number, pixel: number]

export function keyCursor(cursor: string | undefined, start: KeyCursor): KeyCursor {
  if (cursor === undefined) return start
  let key: unknown
  try {
    key = JSON.parse(cursor)
  } catch {
    throw wrongCursor()
  }
  if (!isKey(key)) throw wrongCursor()
  return key
}

/** A place in the order of ends. */
export function placeCursor(
  cursor: string | undefined,
): { readonly endedMs: number; readonly row: number } | undefined {
  if (cursor === undefined) return undefined
  const parts = /^(\d{1,16})-(\d{1,15})$/.exec(cursor)
  if (parts === null) throw wrongCursor()
  return { endedMs: Number(parts[1]), row: Number(parts[2]) }
}

function isKey(key: unknown): key is KeyCursor {
  if (!Array.isArray(key) || key.length !== 3) return false
  const [id, name, pixel] = key as unknown[]
  return typeof id === 'string' && Number.isSafeInteger(name) && Number.isSafeInteger(pixel)
}

function wrongCursor(): StoreCursorError {
  return new StoreCursorError('The cursor is none that a page gave.', {
    hint: 'Take it from the page before, with the other parts unchanged, or leave it out for the first page.',
  })
}
