import type { By, Hold } from '../../hold.ts'
import type { Core } from '../core.ts'
import { WHOLE_PIXEL } from '../hold-book.ts'

/** Inside a transaction: puts a pixel, or one shape of it, on hold. */
export function hold(core: Core, pixel: string, shape: string | undefined, why: Hold): void {
  const { terms, holds, statements } = core
  holds.set(terms.of(pixel), shape === undefined ? WHOLE_PIXEL : terms.of(shape), why)
  const { atMs, by, code, message } = why
  const verb = shape === undefined ? 'pixel:hold' : 'shape:hold'
  statements.account.addAction({
    atMs,
    by,
    verb,
    about: { pixel, ...(shape !== undefined && { shape }), code, message },
  })
}

/** Inside a transaction; `false` when it was not on hold. */
export function resume(core: Core, pixel: string, shape: string | undefined, { by, nowMs }: By): boolean {
  const { terms, holds, statements } = core
  if (!holds.remove(terms.of(pixel), shape === undefined ? WHOLE_PIXEL : terms.of(shape))) return false
  const verb = shape === undefined ? 'pixel:resume' : 'shape:resume'
  statements.account.addAction({ atMs: nowMs, by, verb, about: { pixel, ...(shape !== undefined && { shape }) } })
  return true
}
