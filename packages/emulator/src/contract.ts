import type { ContractChoice } from './options.ts'
import { all as all06, first as first06 } from './validators/2026-06.ts'
import { all as all11, first as first11 } from './validators/2026-11.ts'
import type { SchemaError, Validator } from './validators/support.ts'

/** One generation of the contract, compiled from its schema. */
export interface Generation {
  /** Whether the event fits the schema; stops at the first error. */
  readonly fits: (event: unknown) => boolean
  /** Every error of the schema. */
  readonly schemaErrors: (event: unknown) => readonly SchemaError[]
}

const OLDER: Generation = { fits: first06, schemaErrors: collect(all06) }
const NEWER: Generation = { fits: first11, schemaErrors: collect(all11) }

const GENERATIONS: Readonly<Record<ContractChoice, readonly Generation[]>> = {
  '2026-06': [OLDER],
  '2026-11': [NEWER],
  both: [OLDER, NEWER],
}

/** The generations that a choice of contract admits, the older one first. */
export function generationsOf(contract: ContractChoice): readonly Generation[] {
  return GENERATIONS[contract]
}

function collect(validate: Validator): Generation['schemaErrors'] {
  return (event) => (validate(event) ? [] : (validate.errors ?? []))
}
