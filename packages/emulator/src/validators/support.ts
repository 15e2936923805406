/** One error of a schema, as the compiled validators give it. */
export interface SchemaError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Record<string, unknown>
  readonly message?: string | undefined
}

/** A compiled schema: whether a value fits; `errors` says of the last one why not. */
export interface Validator {
  (value: unknown): boolean
  errors?: SchemaError[] | null
}

/** Length in characters, as JSON Schema counts: a pair of surrogates is one. */
export function ucs2length(text: string): number {
  let length = 0
  for (const _ of text) length += 1
  return length
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/

/** What `format` may say in the schemas. */
export const formats: Readonly<Record<'ipv4' | 'ipv6', (text: string) => boolean>> = {
  ipv4: (text) => IPV4.test(text) && !text.endsWith('.'),
  ipv6: (text) => /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`),
}
