import { ACTION_SOURCES, CURRENCIES, EVENT_NAMES } from 'waybill'
import type { Field } from './field.ts'

type Judge = (text: string) => boolean

const isCurrency: Judge = (text) => CURRENCIES.has(text.toUpperCase())

/** Fields that are the same in most rows of most files, with what a constant of theirs looks like. */
const CONSTANTS: Readonly<Record<string, Judge>> = {
  type: (text) => EVENT_NAMES.some((name) => name === text),
  action_source: (text) => ACTION_SOURCES.some((source) => source === text),
  custom_event_name: (text) => /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/i.test(text),
  currency: isCurrency,
  item_currency: isCurrency,
  content_type: (text) => /^[a-z][a-z0-9_-]*$/i.test(text),
}

/** Whether a mapping's plain text that names no column can stand for itself, as in `"type": "order_created"`. */
export function isConstantOf(field: Field, text: string): boolean {
  return CONSTANTS[field.name]?.(text) ?? false
}

/** Whether a text is a value of a field's closed list. */
export function isTerm(field: Field, text: string): boolean {
  return field.name === 'type' || field.name === 'action_source' || field.name === 'currency'
    ? isConstantOf(field, text)
    : false
}
