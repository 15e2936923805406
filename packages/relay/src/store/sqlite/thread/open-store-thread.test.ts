import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, newEvent, newEvents } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import { storeConformance } from '../../conformance.ts'
import { type StoreBrokenError, StoreClosedError, StoreFullError, StoreOwnedError } from '../../errors.ts'
import type { Store } from '../../store.ts'
import { openStoreThread } from './index.ts'

storeConformance('the SQLite store in a thread of its own', async () => {
  const { path, remove } = tempFile()
  return { open: () => openStoreThread({ path }), dispose: async () => remove() }
})

const FAULTY = new URL('./faulty-thread.ts', import.meta.url)

interface Faulty {
  readonly store: Store
  readonly broken: StoreBrokenError[]
  readonly path: string
  readonly remove: () => void
}

async function openFaulty(): Promise<Faulty> {
  const { path, remove } = tempFile()
  const broken: StoreBrokenError[] = []
  const store = await openStoreThread({ path, thread: FAULTY, onBroken: (error) => broken.push(error) })
  return { store, broken, path, remove }
}

test('what cannot be opened is refused in the words of the store', async () => {
  const { path, remove } = tempFile()
  const store = await openStoreThread({ path })
  await assert.rejects(openStoreThread({ path }), (error) => {
    assert.ok(error instanceof StoreOwnedError)
    assert.match(error.message, /is in use by process \d+/)
    assert.match(error.hint ?? '', /Stop that process first/)
    return true
  })
  await store.close()
  remove()
})

test('a full disk refuses the call that found it full, and the store works on', async () => {
  const { store, broken, remove } = await openFaulty()
  await assert.rejects(store.accept([newEvent('full')], NOW), StoreFullError)
  assert.equal((await store.accept([newEvent('a')], NOW))[0]?.status, 'accepted')
  assert.deepEqual(broken, [])
  await store.close()
  remove()
})

test('after a failed sync nothing more is acknowledged, and the owner is told once', async () => {
  const { store, broken, path, remove } = await openFaulty()
  await store.accept([newEvent('before')], NOW)
  await assert.rejects(store.accept([newEvent('fsync')], NOW), { name: 'StoreBrokenError' })
  await assert.rejects(store.accept([newEvent('after')], NOW), { name: 'StoreBrokenError', hint: /start again/ })
  assert.equal(broken.length, 1)
  await store.close()
  const again = await openStoreThread({ path })
  assert.deepEqual(
    (await again.search({ limit: 10 })).items.map(({ id }) => id),
    ['before'],
  )
  await again.close()
  remove()
})

test('a thread that dies breaks the store: every call is told, and so is the owner', async () => {
  const { store, broken, remove } = await openFaulty()
  await store.accept([newEvent('before')], NOW)
  const counting = store.accept([newEvent('dies')], NOW).then(() => store.check())
  await assert.rejects(counting, { name: 'StoreBrokenError', message: /thread of the store ended: out of memory/ })
  await assert.rejects(store.counts(), { name: 'StoreBrokenError' })
  assert.equal(broken.length, 1)
  await store.close()
  remove()
})

test('what is asked while it closes is told that it is closed; closing twice is closing', async () => {
  const { path, remove } = tempFile()
  const store = await openStoreThread({ path })
  const accepted = store.accept(newEvents(['a', 'b']), NOW)
  const closing = store.close()
  await assert.rejects(store.counts(), StoreClosedError)
  await Promise.all([closing, store.close()])
  assert.deepEqual(
    (await accepted).map(({ status }) => status),
    ['accepted', 'accepted'],
  )
  remove()
})
