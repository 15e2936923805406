import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InTurn } from './in-turn.ts'

test('what concerns one thing waits for what was asked before, also where that failed; others do not', async () => {
  const inTurn = new InTurn()
  const done: string[] = []
  let goOn = (): void => {}
  const until = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const work = (name: string) => async (): Promise<string> => {
    done.push(name)
    return name
  }
  const failing = inTurn.run('a', async () => {
    await until
    throw new Error('it failed')
  })
  const second = inTurn.run('a', work('second'))
  assert.equal(await inTurn.run('b', work('other')), 'other')
  assert.deepEqual(done, ['other'])
  goOn()
  await assert.rejects(failing, /it failed/)
  assert.equal(await second, 'second')
  assert.deepEqual(done, ['other', 'second'])
})
