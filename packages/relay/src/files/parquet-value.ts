import type { FileMetaData, SchemaElement } from 'hyparquet'

/** What a top-level column needs so that its values come out exact. */
type Exactness = { readonly kind: 'decimal'; readonly scale: number } | { readonly kind: 'localTime' }

export type ExactColumns = ReadonlyMap<string, Exactness>

/**
 * Finds the columns whose values the parquet reader would round or shift, and makes it hand over decimals unconverted
 * (it multiplies them as floating point). Changes `metadata` in place. Decimals inside lists and structs stay as they are.
 */
export function exactColumns(metadata: FileMetaData, topLevel: readonly SchemaElement[]): ExactColumns {
  const columns = new Map<string, Exactness>()
  for (const element of metadata.schema) {
    if (!topLevel.includes(element)) continue
    const logical = element.logical_type
    if (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC) columns.set(element.name, { kind: 'localTime' })
    if (element.converted_type !== 'DECIMAL' && logical?.type !== 'DECIMAL') continue
    columns.set(element.name, { kind: 'decimal', scale: element.scale ?? (logical as { scale?: number })?.scale ?? 0 })
    delete element.converted_type
    delete element.logical_type
  }
  return columns
}

/** A value as JSON can hold it without losing a digit: big integers and decimals as text, instants as ISO 8601. */
export function exactValue(value: unknown, column: string, exact: ExactColumns): unknown {
  const needs = exact.get(column)
  if (needs === undefined || value === null || value === undefined) return plainValue(value)
  if (needs.kind === 'decimal') return decimalText(integerOf(value), needs.scale)
  // A time without a zone must not gain one here: the rule for times without offset is to judge it.
  return value instanceof Date ? isoOf(value)?.replace('Z', '') : plainValue(value)
}

function plainValue(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object') return value
  if (value instanceof Date) return isoOf(value)
  if (value instanceof Uint8Array) return bytesText(value)
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as unknown[], plainValue)
  return plainObject(value)
}

/** An absent field of a struct is read as null; it is left out again. */
function plainObject(value: object): Record<string, unknown> {
  const present = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(present.map(([key, inner]) => [key, plainValue(inner)]))
}

/** Null for a date that JavaScript cannot hold. */
function isoOf(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('hex')
  }
}

function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint)
  if (value.length === 0) return 0n
  return BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`))
}

function decimalText(integer: bigint, scale: number): string {
  if (scale === 0) return String(integer)
  const sign = integer < 0n ? '-' : ''
  const digits = String(integer < 0n ? -integer : integer).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
