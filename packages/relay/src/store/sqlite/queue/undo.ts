/**
 * What the store keeps in memory changes together with the rows. Each change leaves here how to take it back, for the case
 * that its transaction does not commit.
 */
export class Undo {
  #steps: (() => void)[] = []

  add(step: () => void): void {
    this.#steps.push(step)
  }

  forget(): void {
    this.#steps = []
  }

  run(): void {
    for (const step of this.#steps.reverse()) step()
    this.#steps = []
  }
}
