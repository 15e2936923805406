/** Bounds the values of a label: what a stranger can name must not grow the memory of whoever scrapes. */
export class LabelBudget {
  readonly #known = new Set<string>()
  readonly #most: number
  readonly #fits: (value: string) => boolean

  constructor(most: number, fits: (value: string) => boolean = () => true) {
    this.#most = most
    this.#fits = fits
  }

  /** The value itself while there is room for it, then `other`. */
  label(value: string): string {
    if (this.#known.has(value)) return value
    if (this.#known.size >= this.#most || !this.#fits(value)) return OTHER
    this.#known.add(value)
    return value
  }
}

export const OTHER = 'other'
