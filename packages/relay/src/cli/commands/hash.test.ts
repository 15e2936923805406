import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../cli.helpers.ts'

const USER_AT_EXAMPLE = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'

const VECTORS: readonly (readonly [kind: string, value: string, sha256: string])[] = [
  ['email', ' User@Example.COM ', USER_AT_EXAMPLE],
  ['external-id', ' customer_12345 ', '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e'],
  ['phone', '+1 (415) 555-2671', '758fbf68945f21c416814c539ab578876c8d98fb69e6da692def92cd52417fe0'],
  ['first-name', 'Mary Jane', 'f08f448a5e7a9dc3619bb7c129f6a7d5fc6af002cea17ad71dfdc1c68f4d4e0e'],
]

for (const [kind, value, sha256] of VECTORS) {
  test(`hash --as ${kind} prints the digest on stdout and its steps on stderr`, async () => {
    const { exitCode, stdout, stderr } = await run(['hash', value, '--as', kind])
    assert.deepEqual([exitCode, stdout], [0, `${sha256}\n`])
    assert.match(stderr, /SHA-256 over UTF-8/)
  })
}

test('hash --json gives each step with what it makes of the value', async () => {
  const { stdout } = await run(['hash', ' User@Example.com', '--as', 'email', '--json'])
  const { steps, sha256, already_hashed } = JSON.parse(stdout)
  assert.deepEqual([steps.at(-1).gives, sha256, already_hashed], ['user@example.com', USER_AT_EXAMPLE, false])
})

test('hash - reads the value from standard input, without its line break', async () => {
  const { stdout } = await run(['hash', '-', '--as', 'email'], { stdin: 'user@example.com\r\n' })
  assert.equal(stdout, `${USER_AT_EXAMPLE}\n`)
})

test('a finished hash passes as it is, and what is none of the kind is explained in one line', async () => {
  const finished = await run(['hash', USER_AT_EXAMPLE, '--as', 'email'])
  assert.deepEqual([finished.exitCode, finished.stdout], [0, `${USER_AT_EXAMPLE}\n`])
  const wrong = await run(['hash', USER_AT_EXAMPLE.toUpperCase(), '--as', 'email'])
  assert.deepEqual([wrong.exitCode, wrong.stdout, wrong.stderr.trim().split('\n').length], [2, '', 1])
})
