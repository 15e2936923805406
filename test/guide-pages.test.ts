/** The pages of the guides hold the very text of programs that run. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { run } from '../packages/relay/src/cli/cli.helpers.ts'
import { blocksOf, fileOf, filesOf, flush, GUIDES, isRunElsewhere, pageOf, ROOT } from './guides.helpers.ts'

describe('the pages of the guides', () => {
  it('are there, one for each folder of programs', () => {
    const folders = readdirSync(join(ROOT, 'examples/guides'), { withFileTypes: true }).filter((one) =>
      one.isDirectory(),
    )
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...GUIDES].sort())
    assert.deepEqual(readdirSync(join(ROOT, 'docs/guides')).sort(), GUIDES.map((guide) => `${guide}.md`).sort())
  })

  for (const guide of GUIDES) {
    const blocks = blocksOf(guide)
    const programs = filesOf(guide).map((path) => flush(fileOf(path)))

    it(`${guide}: every block of code is a part of a program that runs`, () => {
      const strange = blocks.filter((block) => {
        if (block.language === 'sh' || isRunElsewhere(block)) return false
        return block.code.trim() === '' || !programs.some((program) => program.includes(flush(block.code)))
      })
      assert.deepEqual(strange, [])
      assert.equal(blocks.filter(isRunElsewhere).length, guide === 'next' ? 3 : 0)
    })

    it(`${guide}: what is to be copied stands there from beginning to end`, () => {
      const shown = new Set(blocks.flatMap(({ code }) => code.split('\n').map((line) => line.trim())))
      for (const path of filesOf(guide).filter((each) => !each.endsWith('/try.ts'))) {
        // The head of a program says how to run it, which the page says in its own words.
        const program = path.endsWith('.ts') ? fileOf(path).replace(/^\/\*\*.*?\*\/\n/s, '') : fileOf(path)
        const missing = program.split('\n').filter((line) => line.trim() !== '' && !shown.has(line.trim()))
        assert.deepEqual(missing, [], path)
      }
    })

    it(`${guide}: links lead somewhere`, () => {
      const links = [...pageOf(guide).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!)
      const folder = dirname(join(ROOT, 'docs/guides', `${guide}.md`))
      assert.deepEqual(
        links.filter((path) => !existsSync(join(folder, path))),
        [],
      )
    })

    it(`${guide}: commands exist, with their options`, async () => {
      const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.trim().split('\n'))
      assert.ok(lines.length > 0 || guide === 'next')
      for (const line of lines) {
        const [, tool, rest = ''] = /npx (node|waybill) (.*)$/.exec(line) ?? []
        const [first = '', ...words] = rest.split(' ')
        if (tool === 'node') assert.ok(existsSync(join(ROOT, first)), line)
        else await assertCommand(first, words)
      }
    })
  }

  it('have programs that are short enough to copy', () => {
    const all = GUIDES.flatMap(filesOf).map((path) => [path, fileOf(path).trimEnd().split('\n').length] as const)
    assert.deepEqual(
      all.filter(([, lines]) => lines > 120),
      [],
    )
  })
})

async function assertCommand(command: string, words: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await run([command, '--help'])
  assert.equal(exitCode, 0, command)
  for (const option of words.filter((word) => word.startsWith('--'))) assert.ok(stdout.includes(option), option)
}
