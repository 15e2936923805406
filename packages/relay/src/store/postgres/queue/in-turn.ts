/** Does what concerns one thing in the order in which it was asked for, one after the other. */
export class InTurn {
  readonly #last: Map<string, Promise<void>> = new Map()

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key)
    const result = before === undefined ? work() : before.then(work)
    const ended = result.then(nothing, nothing).then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key)
    })
    this.#last.set(key, ended)
    return result
  }
}

const nothing = (): void => {}
