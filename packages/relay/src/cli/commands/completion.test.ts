import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { run } from '../cli.helpers.ts'

/** What bash offers for a line, by the script that is printed. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(['completion', 'bash'])
  const line = words.map((word) => `'${word}'`).join(' ')
  const ask = `${stdout}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _waybill; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout: said } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' })
  return said.trim().split('\n')
}

describe('waybill completion', () => {
  it('offers commands, and the words and options of a command', async (test) => {
    if (spawnSync('bash', ['--version']).status !== 0) return test.skip('there is no bash')
    assert.deepEqual(await offered('waybill', 'se'), ['send', 'serve'])
    assert.deepEqual(await offered('waybill', 'refused', 'ex'), ['export'])
    assert.deepEqual(await offered('waybill', 'serve', '--po'), ['--port'])
  })

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`knows every command in ${shell}`, async () => {
      const { exitCode, stdout, stderr } = await run(['completion', shell])
      assert.equal(exitCode, 0, stderr)
      for (const name of ['send', 'serve', 'dev', 'status', 'refused', 'completion'])
        assert.match(stdout, new RegExp(`\\b${name}\\b`))
    })
  }

  it('names the shells where another is asked for', async () => {
    const { exitCode, stderr } = await run(['completion', 'tcsh'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /bash, zsh, fish/)
  })
})
