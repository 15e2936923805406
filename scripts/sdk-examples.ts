/** The examples of docs/sdk.md, out of the programs in examples/sdk: each region is one, for the names that it begins with. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../examples/sdk/', import.meta.url))
const REGION = /^\/\/ #region (.+)\n\{\n([\s\S]*?)\n\}\n\/\/ #endregion$/gm
const IMPORT = /^import (?:(\w+)|\{([^}]*)\}) from '([^']+)'$/gm
const MAX_WIDTH = 120

export interface Example {
  /** What it is the example of; shown with the first. */
  readonly names: readonly string[]
  /** A program of its own. */
  readonly code: string
}

/** Every example, with the imports and the few lines before the regions that it needs. */
export function sdkExamples(): readonly Example[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
  return files.flatMap((file) => examplesOf(readFileSync(join(FOLDER, file), 'utf8').replaceAll('\r\n', '\n')))
}

function examplesOf(text: string): Example[] {
  const imports = [...text.matchAll(IMPORT)]
  const head = text.slice(0, text.indexOf('// #region')).split(/^(?=const )/m)
  const given = head.slice(1).map((code) => code.trim())
  return [...text.matchAll(REGION)].map(([, names = '', body = '']) => {
    const own = body.replace(/^ {2}/gm, '')
    const code = [...neededOf(own, given), own].join('\n\n')
    const lines = imports.flatMap(([, whole, some, from]) => importLine(code, { whole, some, from: from! }))
    return { names: names.split(', '), code: `${lines.join('\n')}\n\n${code}` }
  })
}

/** What stands before the regions and is used, directly or by what is used; in the order in which it stands. */
function neededOf(code: string, given: readonly string[]): readonly string[] {
  const nameOf = (one: string): string => /^const (\w+)/.exec(one)?.[1] ?? ''
  const used = given.filter((one) => isUsed(nameOf(one), code))
  const deeper = given.filter((one) => used.includes(one) || used.some((user) => isUsed(nameOf(one), user)))
  return deeper
}

const isUsed = (name: string, code: string): boolean => new RegExp(`\\b${name}\\b`).test(code)

function importLine(
  code: string,
  {
    whole,
    some,
    from,
  }: { readonly whole: string | undefined; readonly some: string | undefined; readonly from: string },
): string[] {
  if (whole !== undefined) return isUsed(whole, code) ? [`import ${whole} from '${from}'`] : []
  const names = (some ?? '').split(',').map((name) => name.trim())
  const used = names.filter((name) => name !== '' && isUsed(name.replace(/^type /, ''), code))
  if (used.length === 0) return []
  const allTypes = used.every((name) => name.startsWith('type '))
  const shown = allTypes ? used.map((name) => name.slice('type '.length)) : used
  const word = allTypes ? 'import type' : 'import'
  const line = `${word} { ${shown.join(', ')} } from '${from}'`
  return line.length <= MAX_WIDTH
    ? [line]
    : [`${word} {\n${shown.map((name) => `  ${name},\n`).join('')}} from '${from}'`]
}
