/** `--contract auto`: the form of `user` that goes out is the one that the account reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from 'waybill/identity'
import { tempFile } from '../../files/files.helpers.ts'
import { type Api, HEADER, orderLine, run, startApi } from '../cli.helpers.ts'

const EMAIL = 'ada@example.com'
const PHONE = '+14155552671'
const TABLE = `${HEADER},phone\n${orderLine(1, { email: EMAIL })},${PHONE}\n${orderLine(2, { email: EMAIL })},\n`

const OLDER = { email_sha256: sha256Hex(EMAIL) }
const NEWER = { emails_sha256: [sha256Hex(EMAIL)] }
const WITH_PHONE = { ...NEWER, phone_numbers_sha256: [sha256Hex(PHONE.slice(1))] }

/** By the number of the order: the oldest goes first. */
function usersIn({ emulator }: Api): unknown[] {
  const events = emulator.events().map(({ event }) => event as { id: string; user?: unknown })
  return events.sort((left, right) => (left.id < right.id ? -1 : 1)).map(({ user }) => user)
}

const ACCOUNTS = [
  ['2026-06', [OLDER, OLDER]],
  ['2026-11', [WITH_PHONE, NEWER]],
  ['both', [WITH_PHONE, OLDER]],
] as const
for (const [contract, users] of ACCOUNTS) {
  test(`a file is sent as an account that reads ${contract} reads it`, async (context) => {
    const api = await startApi(context, { contract })
    const file = tempFile(context, 'orders.csv', TABLE)
    const argv = ['send', file, '--pixel', 'px', '--endpoint', api.url, '--contract', 'auto']
    const tried = await run([...argv, '--validate-only'])
    assert.equal(tried.exitCode, 0, tried.stderr)
    assert.equal(api.emulator.summary().stored, 0)
    const sent = await run(argv)
    assert.equal(sent.exitCode, 0, sent.stderr)
    assert.deepEqual(usersIn(api), users)
  })
}

test('without it a file is in the older form, and a phone is not sent', async (context) => {
  const api = await startApi(context, { contract: 'both' })
  const file = tempFile(context, 'orders.csv', TABLE)
  assert.equal((await run(['send', file, '--pixel', 'px', '--endpoint', api.url])).exitCode, 0)
  assert.deepEqual(usersIn(api), [OLDER, OLDER])
})

test('validate, which asks nobody, takes what either form can say', async (context) => {
  const file = tempFile(context, 'orders.csv', TABLE)
  const checked = await run(['validate', file, '--contract', 'auto'])
  assert.equal(checked.exitCode, 0)
  assert.doesNotMatch(checked.stderr, /identity_not_in_contract/)
})
