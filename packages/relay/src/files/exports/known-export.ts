/** The file of a system that many people have: how to tell it by its header, and the map that reads it. */
export interface KnownExport {
  readonly name: string
  readonly title: string
  /** All of them stand in the header, in any case. For JSON: the dotted paths of leaves. */
  readonly columns: readonly string[]
  /** None of them stands there. */
  readonly without?: readonly string[]
  /** Exactly what `--map` takes. */
  readonly map: Readonly<Record<string, unknown>>
  /** What a person should know of the choice. */
  readonly notes?: readonly string[]
  /** Fields that the file does not have and the person must say, such as `currency`. */
  readonly asks?: readonly string[]
}
