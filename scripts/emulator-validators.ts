/**
 * Compiles the emulator's JSON Schemas to functions, so that it needs no validator at run time, reads no file and starts at once: writes
 * `packages/emulator/src/validators/<generation>.ts`. `npm run validators`; a test fails where what lies there is old.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { _ } from 'ajv/dist/compile/codegen/index.js'
import standalone from 'ajv/dist/standalone/index.js'
import { transformSync } from 'esbuild'

const EMULATOR = fileURLToPath(new URL('../packages/emulator/', import.meta.url))
const GENERATIONS = ['2026-06', '2026-11'] as const
const UCS2 = 'require("ajv/dist/runtime/ucs2length").default'

/** Path → the text that belongs there. */
export function validatorFiles(): ReadonlyMap<string, string> {
  return new Map(GENERATIONS.map((name) => [join(EMULATOR, `src/validators/${name}.ts`), fileOf(name)]))
}

function fileOf(generation: string): string {
  const schema = withoutWords(JSON.parse(readFileSync(join(EMULATOR, `schemas/${generation}.json`), 'utf8')))
  const line = (name: string, allErrors: boolean): string =>
    `export const ${name}: Validator = /* @__PURE__ */ (() => {${validatorOf(schema as object, allErrors)}})()`
  return `// @ts-nocheck
// Made by \`npm run validators\` from schemas/${generation}.json: change the schema, not this file.
import { formats, ucs2length, type Validator } from './support.ts'

${line('first', false)}
${line('all', true)}
`
}

/** The body of a function that returns the validator. */
function validatorOf(schema: object, allErrors: boolean): string {
  const ajv = new Ajv2020({
    allErrors,
    formats: { ipv4: () => true, ipv6: () => true },
    strictTypes: true,
    // The list of countries as a chain of comparisons, which is several times faster than a loop.
    loopEnum: 1_000,
    code: { source: true, esm: true, formats: _`formats` },
  })
  const code = standalone.default(ajv, ajv.compile(schema)).replaceAll(UCS2, 'ucs2length')
  if (code.includes('require(')) throw new Error('The validator asks for more of ajv than support.ts has.')
  const name = /export const validate = (\w+);/.exec(code)![1]!
  const body = code.replace(/export const validate = \w+;|export default \w+;/g, '')
  // The schemas' text is there for every function; most of it nobody reads.
  const options = { minifySyntax: true, minifyWhitespace: true, treeShaking: true, format: 'esm' } as const
  const small = transformSync(`${body};export { ${name} as validator }`, options).code
  return small.replace(/export\{(\w+) as validator\};\s*$/, 'return $1')
}

/** A schema without what it says to people. */
function withoutWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutWords)
  if (typeof schema !== 'object' || schema === null) return schema
  const isWord = ([key, value]: [string, unknown]): boolean =>
    (key === 'description' || key === 'title') && typeof value === 'string'
  return Object.fromEntries(
    Object.entries(schema)
      .filter((entry) => !isWord(entry))
      .map(([key, value]) => [key, withoutWords(value)]),
  )
}

if (import.meta.main) {
  for (const [path, text] of validatorFiles()) writeFileSync(path, text)
}
