/** What people read is plain: no word of docs/words.txt, short sentences, links that lead somewhere. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run } from '../packages/relay/src/cli/cli.helpers.ts'
import { gradeOf } from './prose.helpers.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const MAX_GRADE = 9
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const WORDS = read('docs/words.txt')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [odd: string, better: string])

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))

const PAGES = [
  ...['README.md', 'SECURITY.md', 'AGENTS.md', 'llms.txt', 'CONTRIBUTING.md', 'deploy/README.md'],
  ...readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}/README.md`),
  ...filesIn('docs', '.md'),
].filter((page) => existsSync(join(ROOT, page)))

/** Each odd word that stands in the text, with the better one. */
function oddWords(text: string): string[] {
  return WORDS.filter(([odd]) => new RegExp(`(?<![\\p{L}-])${odd}(?![\\p{L}-])`, 'iu').test(text)).map(
    ([odd, better]) => `"${odd}": say "${better}"`,
  )
}

/** The texts of a source: what stands between quotation marks, comments left out. */
function textsOf(source: string): string {
  const code = source.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/.*$/gm, '')
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .join('\n')
}

async function helpOf(words: readonly string[]): Promise<string> {
  const { stdout } = await run([...words, '--help'])
  const [, list = ''] = /\nCommands:\n(.*?)(?:\n\n|$)/s.exec(stdout) ?? []
  const commands = [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name!).filter((name) => name !== 'help')
  const below = await Promise.all(commands.map((name) => helpOf([...words, name])))
  return [stdout, ...below].join('\n')
}

describe('what people read', () => {
  for (const page of PAGES)
    it(`${page} has no odd word, and its links lead somewhere`, () => {
      const text = read(page)
      assert.deepEqual(oddWords(text), [])
      const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, path]) => path!)
      assert.deepEqual(
        links.filter((path) => !existsSync(join(ROOT, dirname(page), path))),
        [],
      )
    })

  it('no command helps with an odd word', async () => {
    const help = await helpOf([])
    assert.ok(help.includes('refused rows'), 'the help of the commands below was read')
    assert.deepEqual(oddWords(help), [])
  })

  it('no text of the command line, of a finding or of an issue has an odd word', () => {
    const sources = ['cli', 'doctor', 'files', 'init', 'observe', 'upload', 'dedup', 'config']
      .flatMap((room) => filesIn(`packages/relay/src/${room}`, '.ts'))
      .concat(filesIn('packages/waybill/src/contract', '.ts'))
      .filter((file) => !/\.(?:test|cases|helpers)\.ts$/.test(file))
    assert.ok(sources.length > 100)
    assert.deepEqual(
      sources.flatMap((file) => oddWords(textsOf(read(file))).map((word) => `${file}: ${word}`)),
      [],
    )
  })

  it(`the README needs at most ${MAX_GRADE} years of school`, () => {
    const grade = gradeOf(read('README.md'))
    assert.ok(grade <= MAX_GRADE, `${grade}`)
  })

  it('an odd word and a long sentence are found', () => {
    assert.deepEqual(oddWords('It was MENDED; recommended, amended.'), ['"mended": say "fixed"'])
    assert.equal(textsOf("// 'a'\nconst b = 'c' /* 'd' */"), 'c')
    const long = 'Notwithstanding considerable organisational difficulties, the administration subsequently '.repeat(5)
    assert.ok(gradeOf(`${long}.`) > MAX_GRADE)
  })

  it('every page of docs is on the index, and AGENTS.md is short', () => {
    const index = read('docs/README.md')
    const missing = filesIn('docs', '.md').filter(
      (page) => page !== 'docs/README.md' && !index.includes(`(${page.slice('docs/'.length)})`),
    )
    assert.deepEqual(missing, [])
    assert.ok(read('AGENTS.md').split('\n').length < 60)
  })
})
