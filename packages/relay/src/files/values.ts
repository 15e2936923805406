import { MappingError } from './errors.ts'
import { comparable } from './where.ts'

/** What the words of a column mean: a value of the field, or `null` for a row that is no conversion. */
export interface ValueTable {
  readonly written: Readonly<Record<string, string | null>>
  /** `undefined` for a word that the table does not have and that `*` does not cover. */
  meaningOf(text: string): string | null | undefined
}

const OTHERWISE = '*'

/** Judges `{ "charge": "order_created", "refund": null, "*": null }`. Throws `MappingError`. */
export function parseValues(field: string, json: unknown): ValueTable {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || Object.keys(json).length === 0)
    throw new MappingError(
      `The values of "${field}" are an object such as { "Purchase": "order_created", "Refund": null }.`,
    )
  const meanings = new Map<string, string | null>()
  for (const [word, meaning] of Object.entries(json)) {
    if (meaning !== null && !['string', 'number', 'boolean'].includes(typeof meaning))
      throw new MappingError(`The values of "${field}" say of "${word}" what is no text and not null.`)
    meanings.set(word === OTHERWISE ? OTHERWISE : comparable(word), meaning === null ? null : String(meaning))
  }
  const otherwise = meanings.get(OTHERWISE)
  return {
    written: json as ValueTable['written'],
    meaningOf(text) {
      const word = comparable(text)
      return meanings.has(word) && word !== OTHERWISE ? meanings.get(word) : otherwise
    },
  }
}
