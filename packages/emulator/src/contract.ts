import { readFileSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ContractChoice } from './options.ts'

/** One generation of the contract, compiled from its schema. */
export interface Generation {
  /** Whether the event fits the schema; stops at the first error. */
  readonly fits: (event: unknown) => boolean
  /** Every error of the schema. */
  readonly schemaErrors: (event: unknown) => readonly ErrorObject[]
}

const FILES: Readonly<Record<ContractChoice, readonly string[]>> = {
  '2026-06': ['2026-06'],
  '2026-11': ['2026-11'],
  both: ['2026-06', '2026-11'],
}

const compiled = new Map<string, Generation>()

/** The generations that a choice of contract admits, the older one first. */
export function generationsOf(contract: ContractChoice): readonly Generation[] {
  return FILES[contract].map((name) => compiled.get(name) ?? compile(name))
}

function compile(name: string): Generation {
  const schema = JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8')) as object
  const generation = { fits: compiler(false).compile(schema), schemaErrors: collect(compiler(true).compile(schema)) }
  compiled.set(name, generation)
  return generation
}

function compiler(allErrors: boolean): Ajv2020 {
  const formats = { ipv4: isIPv4, ipv6: (text: string) => isIPv6(text) && !text.includes('%') }
  // loopEnum: the list of countries as a chain of comparisons, which is several times faster than a loop.
  return new Ajv2020({ allErrors, formats, strictTypes: true, loopEnum: 1000 })
}

function collect(validate: ValidateFunction): Generation['schemaErrors'] {
  return (event) => (validate(event) ? [] : (validate.errors ?? []))
}
