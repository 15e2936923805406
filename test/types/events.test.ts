import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { MISTAKES, PRELUDE, RIGHT, type TypeCase } from './events.cases.ts'
import { COMPILERS, newProject } from './project.helpers.ts'

/** Forty mistakes that the compiler must find and forty right events that it must take, by each compiler, strict in two ways. */

const project = newProject()
after(() => project.remove())

const CASES: readonly TypeCase[] = [...MISTAKES, ...RIGHT]
/** The first line that is a case, counted from 1. */
const FIRST_LINE = PRELUDE.split('\n').length

const asFunction = ({ line }: TypeCase, index: number): string => `export function case${index}() { ${line} }`
writeFileSync(join(project.folder, 'events.ts'), `${PRELUDE}${CASES.map(asFunction).join('\n')}\n`)

/** Case → what the compiler said of it. */
function saidBy(tsc: string, exact: boolean): Map<TypeCase, string> {
  const options = ['--noEmit', '--strict', '--pretty', 'false', '--module', 'node16', '--target', 'es2022']
  const flags = ['--skipLibCheck', 'false', '--exactOptionalPropertyTypes', String(exact)]
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, ...flags, 'events.ts'], {
    cwd: project.folder,
    encoding: 'utf8',
  })
  const said = new Map<TypeCase, string>()
  let current: TypeCase | undefined
  for (const line of stdout.split('\n')) {
    const place = /^([^( ]+)\((\d+),/.exec(line)
    if (place !== null) {
      assert.equal(place[1], 'events.ts', line)
      current = CASES[Number(place[2]) - FIRST_LINE]
      assert.ok(current !== undefined, line)
    }
    if (current !== undefined) said.set(current, `${said.get(current) ?? ''}${line}\n`)
  }
  return said
}

/** Without an action source 5.0 compares with the last of two alike types, so it finds the mistake and blames another key. */
const wordsOf = ({ line, says = /error TS/ }: TypeCase, version: string): RegExp =>
  version === '5.0' && !line.includes('actionSource:') ? /error TS/ : says

for (const [version, tsc] of Object.entries(COMPILERS)) {
  for (const exact of [true, false]) {
    describe(`TypeScript ${version}, exactOptionalPropertyTypes ${exact ? 'on' : 'off'}`, () => {
      const said = saidBy(tsc, exact)
      for (const mistake of MISTAKES) {
        it(`finds: ${mistake.title}`, () => {
          assert.match(said.get(mistake) ?? '', wordsOf(mistake, version), mistake.line)
        })
      }
      for (const right of RIGHT) {
        it(`takes: ${right.title}`, () => assert.equal(said.get(right), undefined, right.line))
      }
    })
  }
}

describe('the list', () => {
  it('has at least forty of each', () => assert.ok(MISTAKES.length >= 40 && RIGHT.length >= 40))
})
