import { ConfigError } from 'waybill/errors'

/** One thing that is wrong with the configuration: where, and what to do. Never the value, which may be a secret. */
export interface Fault {
  /** The key of the file, such as `pixels[0].contract`, or the environment variable. */
  readonly key: string
  readonly remedy: string
}

/** The configuration cannot be used. The message has one line for each fault. */
export class ConfigFaults extends ConfigError {
  override readonly name: string = 'ConfigFaults'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super('invalid_configuration', faults.map(faultLine).join('\n'))
    this.faults = faults
  }
}

export function faultLine({ key, remedy }: Fault): string {
  return `${key}: ${remedy}`
}
