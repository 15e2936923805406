import type { Dimension, NumberFilter } from '../reads/index.ts'
import { OTHER } from '../reads/index.ts'
import { ACCEPTED, DELIVERED } from '../state.ts'
import type { Moment } from './moment.ts'

/** The numbers of what a filter names; `undefined`: nothing can match, since a text of it was never seen. */
export interface Wanted {
  readonly pixels: readonly number[] | undefined
  readonly name: number | undefined
  readonly shape: number | undefined
  readonly source: number | undefined
  readonly code: number | undefined
}

/** A number that no term has. */
const NEVER = -1

export function wantedOf(
  { terms }: Pick<Moment, 'terms'>,
  { pixels, name, shape, source, code }: NumberFilter,
): Wanted {
  const numberOf = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : text === OTHER ? 0 : (terms.find(text) ?? NEVER)
  return {
    pixels: pixels?.flatMap((pixel) => terms.find(pixel) ?? []),
    name: numberOf(name),
    shape: numberOf(shape),
    source: numberOf(source),
    code: numberOf(code),
  }
}

/** Conditions on the columns of a key. The numbers are ours, and stand in the text. */
export function conditions(wanted: Wanted, table: string = ''): string[] {
  const { pixels, ...rest } = wanted
  const column = (name: string): string => (table === '' ? name : `${table}.${name}`)
  const equal = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [`${column(name)} = ${value}`],
  )
  if (pixels === undefined) return [`${column('pixel')} > 0`, ...equal]
  return [isIn(column('pixel'), pixels), ...equal]
}

/** That a column has one of some numbers, of which there may be none. */
export function isIn(column: string, numbers: readonly number[]): string {
  return numbers.length === 0 ? '1 = 0' : `${column} IN (${numbers.join()})`
}

/** Whether the sums over all pixels say it: they are kept by source and code. */
export function isWhole({ pixels, name, shape }: Wanted, by: readonly Dimension[]): boolean {
  return (
    pixels === undefined &&
    name === undefined &&
    shape === undefined &&
    by.every((dimension) => dimension === 'source' || dimension === 'code' || dimension === 'currency')
  )
}

/** What a number of a dimension is called. */
export function textOf({ terms }: Pick<Moment, 'terms'>, dimension: Dimension, value: number, kind: number): string {
  if (value !== 0) return terms.text(value)
  const hasNone = dimension === 'code' && (kind === ACCEPTED || kind === DELIVERED)
  return hasNone || dimension === 'currency' ? '' : OTHER
}
