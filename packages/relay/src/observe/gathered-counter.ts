import { Counter, type CounterConfiguration } from 'prom-client'

/** Counts by pixel what happens for each event: added up here, and told when somebody asks, because finding the labels costs more. */
export class GatheredCounter extends Counter {
  readonly #gathered: Map<string, number> = new Map()

  constructor(configuration: CounterConfiguration<string>) {
    super({ ...configuration, collect: () => this.#tell() })
  }

  /** So many more under a pixel's label. */
  gather(pixel: string, times: number): void {
    this.#gathered.set(pixel, (this.#gathered.get(pixel) ?? 0) + times)
  }

  #tell(): void {
    for (const [pixel, times] of this.#gathered) this.inc({ pixel }, times)
    this.#gathered.clear()
  }
}
