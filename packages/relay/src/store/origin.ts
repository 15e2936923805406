/** Where an event comes from, as far as it tells one conversion from another under the same key. */
export interface EventOrigin {
  /** The shop: its domain, account or portal, or the name of a source. */
  readonly shop?: string
  readonly currency?: string
  /** Beginnings of the digests of who bought: enough to tell two buyers apart. */
  readonly buyers?: readonly string[]
  /** While it is not due, the next arrival under its key that does not give way takes its place. */
  readonly givesWay?: true
}
