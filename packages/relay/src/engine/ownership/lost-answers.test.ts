import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Store, StoreAwayError } from '../../store/index.ts'
import { ownerAndOther, startSeveral } from '../several.helpers.ts'
import { errorResponse, MINUTE_MS, SECOND_MS, virtualOrder } from '../virtual-engine.helpers.ts'

/** Calls of one kind whose answers are lost, or which do nothing, as long as a test says so. */
function breaking(
  name: 'claim' | 'note' | 'giveUp',
  isBroken: () => boolean,
  isDone: boolean,
): (store: Store) => Store {
  return (store) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const work = (): unknown => Reflect.apply(store.claims![name], store.claims, args)
      if (!isBroken()) return work()
      if (isDone) await work()
      throw new StoreAwayError('The store is away.')
    }
    return { ...store, claims: { ...store.claims!, [name]: call } }
  }
}

test('chores that were claimed without an answer are done nevertheless', async (context) => {
  let claims = 0
  const several = startSeveral(context, { names: ['a'], store: breaking('claim', () => ++claims === 1, true) })
  const [a] = several.relays
  await several.run(10 * SECOND_MS)
  const isTold = a!.told.some(
    ({ type, about }) => type === 'chores:claimed' && 'what' in about && about.what === 'chores',
  )
  assert.ok(isTold, JSON.stringify(a!.told))
})

/**
 * - the API asks for ten minutes while the store is away for a moment
 * - the relay dies when the store is back
 */
test('a pause that could not be written down at once is written down later, and outlives its owner', async (context) => {
  let isAway = true
  const several = startSeveral(context, {
    store: breaking('note', () => isAway, false),
    answer: (sent, judge) =>
      sent.atMs < 10 * SECOND_MS ? errorResponse(429, 'slow down', { 'retry-after': '600' }) : judge(),
  })
  await several.run(SECOND_MS)
  await several.bring(several.relays[0]!, [virtualOrder('1')])
  await several.run(6 * SECOND_MS)
  const [owner, other] = await ownerAndOther(several)
  isAway = false
  await several.run(20 * SECOND_MS)
  owner.kill()
  await several.run(8 * MINUTE_MS)
  assert.equal(several.sent.length, 1, 'nothing within the pause')
  await several.run(3 * MINUTE_MS)
  assert.equal((await other.store.show('1'))[0]?.state, 'delivered')
})
