/** Gives a part of a list at a time: each call goes on behind the one before, and begins anew at the end. */
export class Turn {
  #after: string | undefined

  /** At most `limit` of the names, in their order; all where there is no limit. */
  take(names: readonly string[], limit: number | undefined): readonly string[] {
    if (limit === undefined || names.length <= limit) return names
    const sorted = [...names].sort()
    const at = this.#after === undefined ? 0 : sorted.findIndex((name) => name > this.#after!)
    const from = Math.max(0, at)
    const some = [...sorted.slice(from), ...sorted.slice(0, from)].slice(0, limit)
    this.#after = some.at(-1)
    return some
  }
}
