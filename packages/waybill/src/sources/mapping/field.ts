import { FIELD_TABLE, type FieldKind, itemKey, plainName } from './field-table.ts'

/** A place in the friendly event that a mapping of calls can fill. What is of a person may be a list; `json` is any value. */
export interface Field {
  readonly part: 'event' | 'user' | 'data'
  readonly key: string
  readonly kind: FieldKind | 'texts' | 'json'
}

const FIELDS: ReadonlyMap<string, Field> = new Map(
  FIELD_TABLE.flatMap(({ name, part, key, kind, others }) => {
    if (part === 'item') return []
    const field: Field = { part, key, kind: part === 'user' && kind === 'text' ? 'texts' : kind }
    return [name, ...others].flatMap((each): [string, Field][] => [
      [plainName(each), field],
      ...(part === 'user' ? ([[plainName(`user.${each}`), field]] as [string, Field][]) : []),
    ])
  }),
)

/** For suggestions. */
export const FIELD_NAMES: readonly string[] = FIELD_TABLE.flatMap(({ name, part, others }) =>
  part === 'item' ? [] : [name, ...others],
)

/** Keys of an item, and the key of a friendly item that each means. */
export const ITEM_FIELDS: ReadonlyMap<string, string> = new Map(
  FIELD_TABLE.flatMap((field): [string, string][] =>
    field.part === 'item' ? [[plainName(itemKey(field)), field.key]] : [],
  ),
)

/** The field of this name; any other name below `data.` is a free key of a custom event, which keeps its case. */
export function findField(name: string): Field | undefined {
  const field = FIELDS.get(plainName(name))
  if (field !== undefined) return field
  const free = /^data\.([^.]+)$/.exec(name)?.[1]
  return free === undefined || FORBIDDEN.has(free) ? undefined : { part: 'data', key: free, kind: 'json' }
}

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', 'contents', 'type'])

/** The key of a friendly item that this name means. */
export function findItemKey(name: string): string | undefined {
  return ITEM_FIELDS.get(plainName(name))
}
