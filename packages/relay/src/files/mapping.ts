import { readFile } from 'node:fs/promises'
import { nearestKey } from 'waybill'
import { isObject } from 'waybill/delivery'
import { isTemplate, parseTemplate } from 'waybill/sources'
import { FileError, fileErrorFrom, MappingError } from './errors.ts'
import { FIELD_NAMES, type Field, findField, slotOf } from './field.ts'
import { MAP_PARTS, type MapSettings, settingsOf } from './map-settings.ts'
import { parseValues, type ValueTable } from './values.ts'
import { type Condition, parseWhere } from './where.ts'

/** What a mapping says of one field. `text` may name a column, be a template, or be a constant of that field. */
export type MappingEntry =
  | { readonly kind: 'text'; readonly field: Field; readonly text: string }
  | { readonly kind: 'sum'; readonly field: Field; readonly column: string }
  | { readonly kind: 'constant'; readonly field: Field; readonly text: string }
  | { readonly kind: 'off'; readonly field: Field }

/** The list of an object that holds the items of its event. */
export interface ItemsEntry {
  readonly each: string
  readonly keys: readonly (readonly [field: Field, key: string])[]
}

/** A mapping file that was read and judged, as far as that can be done without the data. */
export interface Mapping extends MapSettings {
  readonly entries: readonly MappingEntry[]
  /** Slot of a field → what its words mean. */
  readonly values: ReadonlyMap<string, ValueTable>
  readonly where: readonly Condition[]
  /** Columns that say what became of a row, and that do not matter. */
  readonly ignore: readonly string[]
  /** Columns that are equal in the rows of one order. */
  readonly groupBy: readonly string[]
  readonly items?: ItemsEntry
}

const EXAMPLE = '{ "id": "order_{order_number}", "type": { "value": "order_created" }, "timestamp": "paid_at" }'
const GROUPS: readonly string[] = ['columns', 'constants']
const SHAPES =
  'a column, a template such as "order_{number}", { "value": … }, { "column": …, "values": { … } }, or null to leave it out'

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
 * Judges a mapping: fields with where they come from, and beside them `where`, `values`, `groupBy`, `ignore`, `contents` and the
 * settings. `columns` and `constants` may hold the fields instead. Throws `MappingError` that names every unknown key.
 */
export function parseMapping(json: unknown): Mapping {
  const top = objectOf(json, 'A mapping')
  const columns = objectOf(top['columns'] ?? {}, '"columns"')
  const constants = objectOf(top['constants'] ?? {}, '"constants"')
  const fields = Object.entries(top).filter(([key]) => !GROUPS.includes(key) && !MAP_PARTS.includes(key))
  const entries = [...fields, ...Object.entries(columns)]
  refuseUnknown([...entries, ...Object.entries(constants)])
  const all = [
    ...entries.map(([key, value]) => entryOf(key, value)),
    ...Object.entries(constants).map(([key, value]) => constantOf(key, value)),
  ]
  refuseRepeats(all)
  const items = top['contents'] === undefined ? undefined : itemsOf(top['contents'])
  return {
    entries: all,
    values: valuesOf(entries, objectOf(top['values'] ?? {}, '"values"')),
    where: parseWhere(objectOf(top['where'] ?? {}, '"where"')),
    ignore: namesOf('ignore', top['ignore']),
    groupBy: namesOf('groupBy', top['groupBy']),
    ...(items === undefined ? {} : { items }),
    ...settingsOf(top),
  }
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
  if (isObject(value)) return value
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
  const near = nearestKey(key, [...FIELD_NAMES, ...MAP_PARTS, ...GROUPS])
  return near === undefined ? `"${key}" is no field` : `"${key}" (did you mean "${near}"?)`
}

function entryOf(key: string, value: unknown): MappingEntry {
  const field = findField(key)!
  if (value === null) return { kind: 'off', field }
  if (typeof value === 'string' && value !== '') return templateChecked({ kind: 'text', field, text: value })
  const { column, values, sum, value: constant, ...rest } = isObject(value) ? value : { none: true }
  if (Object.keys(rest).length > 0) throw new MappingError(`"${key}" needs ${SHAPES}.`)
  if (constant !== undefined && column === undefined && sum === undefined) return constantOf(key, constant)
  if (typeof column === 'string' && values !== undefined && sum === undefined)
    return templateChecked({ kind: 'text', field, text: column })
  if (isName(sum) && column === undefined) return sumOf(field, sum)
  throw new MappingError(`"${key}" needs ${SHAPES}.`)
}

/** Only money adds up over the lines of an order. */
function sumOf(field: Field, column: string): MappingEntry {
  if (field.part === 'data' && field.key === 'amount') return { kind: 'sum', field, column }
  throw new MappingError(`"${field.name}" is no sum of lines: only "amount" can be { "sum": "${column}" }.`)
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

function valuesOf(
  entries: readonly [string, unknown][],
  tables: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, ValueTable> {
  const inline = entries.flatMap(([key, value]): [string, unknown][] =>
    isObject(value) && value['values'] !== undefined ? [[key, value['values']]] : [],
  )
  const found = new Map<string, ValueTable>()
  for (const [key, table] of [...inline, ...Object.entries(tables)]) {
    const field = findField(key)
    if (field === undefined)
      throw new MappingError(`"values" has "${key}", which is no field. Its keys are fields, such as "type".`)
    if (found.has(slotOf(field)))
      throw new MappingError(`The mapping says twice what the values of "${key}" mean. Keep one.`)
    found.set(slotOf(field), parseValues(key, table))
  }
  return found
}

function namesOf(key: string, value: unknown): readonly string[] {
  if (value === undefined) return []
  const names: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (names.length > 0 && names.every(isName)) return names
  throw new MappingError(`"${key}" is a column, or a list of columns.`)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** `{ "each": "line_items", "id": "sku", … }`: the keys are those of an item, with or without `item_`. */
function itemsOf(json: unknown): ItemsEntry {
  const { each, ...keys } = isObject(json) ? json : {}
  if (!isName(each))
    throw new MappingError(
      '"contents" is { "each": the list, "id": key in one of its items, "name": …, "quantity": …, "amount": … }.',
    )
  return {
    each,
    keys: Object.entries(keys).map(([key, value]) => {
      const field = findField(`item_${key.replace(/^item_/, '')}`) ?? findField(key)
      if (field?.part !== 'item' || !isName(value))
        throw new MappingError(`"contents" has "${key}", which is no key of an item, or names nothing in one.`)
      return [field, value] as const
    }),
  }
}
