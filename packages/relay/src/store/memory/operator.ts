import type { NewEvent } from '../event.ts'
import type { By, Hold } from '../hold.ts'
import type { Edit, EndSuspicionCall, Selection } from '../selection.ts'
import type { Holds, Operator } from '../store.ts'
import { happened, holdKey, holdOf, type MemoryData, note } from './data.ts'
import { discardOne } from './end.ts'
import { type Entry, summarise } from './entry.ts'
import { reopen } from './intake.ts'

export function memoryHolds(data: MemoryData): Holds {
  return {
    holdPixel: async (pixel, hold) => setHold(data, pixel, undefined, hold),
    resumePixel: async (pixel, by) => resume(data, pixel, undefined, by),
    holdShape: async (pixel, shape, hold) => setHold(data, pixel, shape, hold),
    resumeShape: async (pixel, shape, by) => resume(data, pixel, shape, by),
    holds: async () => [...data.holds.values()].map(({ pixel, shape, hold }) => ({ ...hold, pixel, shape })),
  }
}

function setHold(data: MemoryData, pixel: string, shape: string | undefined, hold: Hold): void {
  data.holds.set(holdKey(pixel, shape), { pixel, shape, hold })
  data.holdsVersion++
  const { atMs, by, code, message } = hold
  note(data, atMs, by, shape === undefined ? 'pixel:hold' : 'shape:hold', { ...about(pixel, shape), code, message })
}

function resume(data: MemoryData, pixel: string, shape: string | undefined, { by, nowMs }: By): boolean {
  if (!data.holds.delete(holdKey(pixel, shape))) return false
  data.holdsVersion++
  note(data, nowMs, by, shape === undefined ? 'pixel:resume' : 'shape:resume', about(pixel, shape))
  return true
}

function about(pixel: string, shape: string | undefined): Record<string, unknown> {
  return shape === undefined ? { pixel } : { pixel, shape }
}

export function memoryOperator(data: MemoryData): Operator {
  return {
    countSelected: async (selection, limit) => select(data, selection, limit).length,
    async replay(selection, { by, nowMs, limit = 1_000 }) {
      const entries = select(data, selection, limit).filter(canRun)
      for (const entry of entries) {
        reopen(data, entry, { ...entry.event, state: 'queued', dueMs: 0 }, { what: 'replayed', by, nowMs })
      }
      note(data, nowMs, by, 'event:replay', { ...selection, events: entries.length })
      return entries.length
    },
    async edit(row, edit, { by, nowMs }) {
      const entry = data.entries.find((each) => each.row === row)
      if (entry === undefined || !canRun(entry)) return false
      reopen(data, entry, edited(entry, edit), { what: 'edited', by, nowMs })
      note(data, nowMs, by, 'event:edit', { rows: [row] })
      return true
    },
    async discard(selection, { by, nowMs, reason, limit = 1_000 }) {
      const entries = select(data, selection, limit).filter(canDiscard)
      for (const entry of entries) discardOne(data, entry, reason, nowMs)
      note(data, nowMs, by, 'event:discard', { ...selection, events: entries.length, reason })
      return entries.length
    },
    endSuspicion: async (selection, call) => endSuspicion(data, selection, call),
    recordAction: async ({ atMs, by, verb, about }) => note(data, atMs, by, verb, about as Record<string, unknown>),
    async listActions({ cursor, limit }) {
      const older = data.actions.filter(({ seq }) => cursor === undefined || seq < Number(cursor)).reverse()
      const items = older.slice(0, limit)
      return { items, cursor: items.length === limit ? String(items.at(-1)?.seq) : undefined }
    },
  }
}

/** An edit says all of the content: what it leaves out is gone. */
export function edited({ event }: Entry, edit: Edit): NewEvent {
  const { amount: _amount, currency: _currency, ...rest } = event
  return { ...rest, dueMs: 0, ...edit, state: 'queued' }
}

export function canRun({ end, event }: Entry): boolean {
  return end !== undefined && end !== 'delivered' && event.id !== undefined
}

export function canDiscard({ end, token }: Entry): boolean {
  return end !== 'delivered' && end !== 'discarded' && token === undefined
}

function endSuspicion(data: MemoryData, selection: Selection, call: EndSuspicionCall): number {
  const { as, by, nowMs, reason, limit = 1_000 } = call
  const entries = select(data, selection, limit).filter(canDiscard)
  const suspects = entries.filter(({ suspicion }) => suspicion !== undefined)
  for (const entry of suspects) {
    const what = as === 'refused' ? 'confirmed' : 'released'
    entry.history.push({ atMs: nowMs, what, code: undefined, message: reason, by })
    const { code, message } = entry.suspicion!
    if (as === 'refused') {
      Object.assign(entry, { end: 'refused', endedMs: nowMs, code, message })
      happened(data, 'refused', entry, { atMs: nowMs, code })
    } else Object.assign(entry, { isDue: true, dueMs: 0, code: undefined, message: undefined })
    entry.suspicion = undefined
  }
  const verb = as === 'refused' ? 'event:confirm' : 'event:release'
  const about = { ...selection, events: suspects.length, ...(reason !== undefined && { reason }) }
  note(data, nowMs, by, verb, about)
  return suspects.length
}

function select(data: MemoryData, selection: Selection, limit: number): Entry[] {
  if ('rows' in selection) return data.entries.filter(({ row }) => selection.rows.includes(row)).slice(0, limit)
  if ('suspect' in selection) return selectSuspects(data, selection).slice(0, limit)
  const { state, pixel, code, shape, sinceMs = Number.NEGATIVE_INFINITY } = selection
  return data.entries
    .filter((entry) => {
      const seen = summarise(entry, holdOf(data, entry))
      if (seen.state !== state || (seen.endedMs ?? seen.acceptedMs) < sinceMs) return false
      if (pixel !== undefined && seen.pixel !== pixel) return false
      return (code === undefined || seen.code === code) && (shape === undefined || seen.shape === shape)
    })
    .slice(0, limit)
}

function selectSuspects(data: MemoryData, selection: Extract<Selection, { suspect: true }>): Entry[] {
  const { pixel, code, shape, sinceMs = Number.NEGATIVE_INFINITY } = selection
  return data.entries.filter(({ event, suspicion, token }) => {
    if (suspicion === undefined || token !== undefined || suspicion.firstMs < sinceMs) return false
    if (pixel !== undefined && event.pixel !== pixel) return false
    return (code === undefined || suspicion.code === code) && (shape === undefined || event.shape === shape)
  })
}
