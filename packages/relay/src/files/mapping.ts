import { readFile } from 'node:fs/promises'
import { nearestKey } from 'waybill'
import type { DecimalSign } from './amount.ts'
import { FileError, fileErrorFrom, MappingError } from './errors.ts'
import { FIELD_NAMES, type Field, findField, slotOf } from './field.ts'
import { isTemplate, parseTemplate } from './template.ts'
import { createTimeZone } from './time-zone.ts'

/** What a mapping says of one field. `text` may name a column, be a template, or be a constant of that field. */
export type MappingEntry =
  | { readonly kind: 'text'; readonly field: Field; readonly text: string }
  | { readonly kind: 'constant'; readonly field: Field; readonly text: string }
  | { readonly kind: 'off'; readonly field: Field }

/** A mapping file that was read and judged, as far as that can be done without the data. */
export interface Mapping {
  readonly entries: readonly MappingEntry[]
  readonly timestampUnit: 'ms' | 's'
  readonly decimal: DecimalSign
  readonly timeZone?: string
}

const SETTINGS: Readonly<Record<string, readonly string[] | undefined>> = {
  timestampUnit: ['ms', 's'],
  decimal: ['.', ','],
  timeZone: undefined,
}
const GROUPS: readonly string[] = ['columns', 'constants']
const EXAMPLE = '{ "id": "order_{order_number}", "type": { "value": "order_created" }, "timestamp": "paid_at" }'

/** Reads a mapping file. Throws `FileError` when it cannot be read and `MappingError` when it is no mapping. */
export async function loadMapping(path: string): Promise<Mapping> {
  const text = await readText(path)
  try {
    return parseMapping(parseJson(text))
  } catch (error) {
    if (error instanceof MappingError) throw new MappingError(`${path}: ${error.message}`, { cause: error })
    throw error
  }
}

/**
 * Judges a mapping: field → column, `order_{column}`, `{ "value": constant }`, or null to leave the field out; beside them
 * `timestampUnit`, `decimal` and `timeZone`. `columns` and `constants` may hold the fields instead.
 * Throws `MappingError` that names every unknown key.
 */
export function parseMapping(json: unknown): Mapping {
  const top = objectOf(json, 'A mapping')
  const groups = {
    columns: objectOf(top['columns'] ?? {}, '"columns"'),
    constants: objectOf(top['constants'] ?? {}, '"constants"'),
  }
  const fields = Object.entries(top).filter(([key]) => !GROUPS.includes(key) && !Object.hasOwn(SETTINGS, key))
  const entries = [...fields, ...Object.entries(groups.columns)]
  refuseUnknown([...entries, ...Object.entries(groups.constants)])
  const all = [
    ...entries.map(([key, value]) => entryOf(key, value)),
    ...Object.entries(groups.constants).map(([key, value]) => constantOf(key, value)),
  ]
  refuseRepeats(all)
  return { entries: all, ...settingsOf(top) }
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '')
  } catch (error) {
    throw error instanceof FileError ? error : fileErrorFrom(path, error)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new MappingError(`The mapping is not valid JSON. It looks like ${EXAMPLE}`, { cause })
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new MappingError(`${what} is a JSON object such as ${EXAMPLE}`)
}

function refuseUnknown(entries: readonly [string, unknown][]): void {
  const unknown = entries.filter(([key]) => findField(key) === undefined)
  if (unknown.length === 0) return
  throw new MappingError(
    `Unknown in the mapping: ${unknown.map(([key, value]) => describeUnknown(key, value)).join('; ')}.`,
  )
}

function describeUnknown(key: string, value: unknown): string {
  if (typeof value === 'string' && findField(value) !== undefined) {
    return `"${key}" is no field but "${value}" is: swap them, "${value}": "${key}"`
  }
  const near = nearestKey(key, [...FIELD_NAMES, ...Object.keys(SETTINGS), ...GROUPS])
  return near === undefined ? `"${key}" is no field` : `"${key}" (did you mean "${near}"?)`
}

function entryOf(key: string, value: unknown): MappingEntry {
  const field = findField(key)!
  if (value === null) return { kind: 'off', field }
  if (typeof value === 'string' && value !== '') return templateChecked({ kind: 'text', field, text: value })
  if (typeof value === 'object' && Object.keys(value).join() === 'value')
    return constantOf(key, (value as { value: unknown }).value)
  throw new MappingError(
    `"${key}" needs a column, a template such as "order_{number}", { "value": … }, or null to leave it out.`,
  )
}

function templateChecked(entry: MappingEntry & { kind: 'text' }): MappingEntry {
  if (!isTemplate(entry.text) || parseTemplate(entry.text) !== undefined) return entry
  throw new MappingError(
    `"${entry.field.name}" has a brace without its partner. Write {{ and }} for braces that are meant as text.`,
  )
}

function constantOf(key: string, value: unknown): MappingEntry {
  if (!['string', 'number', 'boolean'].includes(typeof value) || value === '') {
    throw new MappingError(`The constant of "${key}" has to be a text, a number, true or false.`)
  }
  return { kind: 'constant', field: findField(key)!, text: String(value) }
}

function refuseRepeats(entries: readonly MappingEntry[]): void {
  const slots = entries.map((entry) => slotOf(entry.field))
  const at = slots.findIndex((slot, index) => slots.indexOf(slot) !== index)
  if (at >= 0) throw new MappingError(`The mapping says twice where "${entries[at]!.field.name}" comes from. Keep one.`)
}

function settingsOf(top: Record<string, unknown>): Pick<Mapping, 'timestampUnit' | 'decimal' | 'timeZone'> {
  for (const [key, allowed] of Object.entries(SETTINGS)) {
    if (top[key] === undefined || allowed === undefined || allowed.includes(top[key] as string)) continue
    throw new MappingError(`"${key}" has to be ${allowed.map((value) => `"${value}"`).join(' or ')}.`)
  }
  const {
    timestampUnit = 'ms',
    decimal = '.',
    timeZone,
  } = top as { timestampUnit?: 'ms' | 's'; decimal?: DecimalSign; timeZone?: unknown }
  if (timeZone === undefined) return { timestampUnit, decimal }
  return { timestampUnit, decimal, timeZone: createTimeZone(String(timeZone)).name }
}
