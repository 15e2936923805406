import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { run } from '../cli.helpers.ts'

/** What was released never changes: a shop may have run it. Version → the SHA-256 of its SQL, and of its way back. */
const RELEASED: Readonly<Record<string, readonly [up: string, down: string]>> = {}

describe('waybill outbox sql', () => {
  it('prints the numbered SQL, and the way back', async () => {
    const up = await run(['outbox', 'sql'])
    assert.equal(up.exitCode, 0)
    assert.match(up.stdout, /^-- Waybill's outbox 1: /)
    assert.match(up.stdout, /create function waybill\.enqueue\(pixel text, event text\)/)
    assert.doesNotMatch(up.stdout, /\{\{|\}\}/)
    const down = await run(['outbox', 'sql', '--down'])
    assert.match(down.stdout, /drop schema waybill cascade/)
  })

  it('prints nothing that the database has', async () => {
    assert.equal((await run(['outbox', 'sql', '--from', '1'])).stdout, '')
    assert.equal((await run(['outbox', 'sql', '--from', 'x'])).exitCode, 2)
  })

  it('takes names of roles, whatever is in them', async () => {
    const { stdout } = await run(['outbox', 'sql', '--owner', 'o"x', '--relay', "r'y", '--caller', 'shop app'])
    assert.match(stdout, /create role "o""x" nologin/)
    assert.match(stdout, /rolname = 'r''y'/)
    assert.match(stdout, /grant usage on schema waybill to "shop app"/)
  })

  it('never changes what was released', async () => {
    const steps = JSON.parse((await run(['outbox', 'sql', '--json'])).stdout) as Record<string, string>[]
    const digest = (text: string | undefined): string =>
      createHash('sha256')
        .update(text ?? '')
        .digest('hex')
    const found = Object.fromEntries(steps.map(({ name, up, down }) => [name, [digest(up), digest(down)]]))
    for (const [name, digests] of Object.entries(RELEASED)) assert.deepEqual(found[name], digests)
    assert.deepEqual(
      steps.map(({ version }) => version),
      steps.map((_, at) => at + 1),
    )
  })
})
