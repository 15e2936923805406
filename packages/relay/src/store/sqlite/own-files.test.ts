import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { NOW, newEvents, PIXEL } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { type Store, StoreBrokenError } from '../index.ts'
import { openSqliteStore } from './index.ts'
import { ownFiles } from './own-files.ts'

/** A folder of its own, so that it can be moved. */
function tempPath(context: TestContext): string {
  const { path, remove } = tempFile()
  context.after(remove)
  const folder = `${path}.folder`
  mkdirSync(folder)
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'waybill.db')
}

async function accepted(store: Store): Promise<number> {
  return (await store.counts()).accepted
}

const BEFORE = 20

interface Loss {
  readonly name: string
  readonly lose: (path: string) => void
  /** How many events a store that is opened afterwards under the same name has. */
  readonly left: number
  readonly hint: RegExp
}

/** What can become of the files, and what is left: all that was acknowledged, wherever the folder still takes it. */
const LOSSES: readonly Loss[] = [
  { name: 'the log is removed', lose: (path) => rmSync(`${path}-wal`), left: BEFORE, hint: /Start again/ },
  { name: 'the data file is removed', lose: (path) => rmSync(path), left: BEFORE, hint: /Start again/ },
  {
    name: 'all of them are removed',
    lose: (path) => ['', '-wal', '-shm'].forEach((suffix) => void rmSync(path + suffix)),
    left: BEFORE,
    hint: /Start again/,
  },
  {
    name: 'the log is replaced by an empty one',
    lose(path) {
      rmSync(`${path}-wal`)
      writeFileSync(`${path}-wal`, '')
    },
    left: BEFORE,
    hint: /Start again/,
  },
  {
    name: 'a copy of an earlier state takes the place of the data file',
    lose(path) {
      copyFileSync(path, `${path}.copy`)
      renameSync(`${path}.copy`, path)
    },
    left: 0,
    hint: /waybill\.db\.rescue/,
  },
  {
    name: 'the folder is moved away',
    lose: (path) => renameSync(dirname(path), `${dirname(path)}.moved`),
    left: 0,
    hint: /is lost/,
  },
]

for (const { name, lose, left, hint } of LOSSES) {
  it(`nothing is acknowledged any more, and what was acknowledged is brought back: ${name}`, async (context) => {
    const path = tempPath(context)
    context.after(() => rmSync(`${dirname(path)}.moved`, { recursive: true, force: true }))
    const broken: StoreBrokenError[] = []
    const store = await openSqliteStore({ path, onBroken: (error) => void broken.push(error) })
    const ids = Array.from({ length: BEFORE }, (_, at) => `e${at}`)
    await store.accept(newEvents(ids), NOW)
    lose(path)
    await assert.rejects(store.accept(newEvents(['late']), NOW), StoreBrokenError)
    await assert.rejects(store.accept(newEvents(['later']), NOW), StoreBrokenError)
    assert.equal(broken.length, 1)
    assert.match(broken[0]!.message, /was removed or replaced/)
    assert.match(broken[0]!.hint ?? '', hint)
    await store.close()
    mkdirSync(dirname(path), { recursive: true })
    const again = await openSqliteStore({ path })
    const found = await Promise.all(ids.map((id) => again.show(id, PIXEL)))
    assert.equal(found.flat().length, left)
    assert.deepEqual(await again.check(), [])
    await again.close()
  })
}

it('what another file put in the place of the data file pushed aside can be put back', async (context) => {
  const path = tempPath(context)
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(['a', 'b']), NOW)
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
  await assert.rejects(store.accept(newEvents(['late']), NOW), StoreBrokenError)
  await store.close()
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  renameSync(`${path}.rescue`, path)
  const again = await openSqliteStore({ path })
  // The late one was committed, though nobody was told so: its repeat is a duplicate.
  assert.equal(await accepted(again), 3)
  await again.close()
})

it('a store whose files stay where they are never stops: checkpoints, a backup and a reader change nothing', async (context) => {
  const path = tempPath(context)
  const store = await openSqliteStore({ path, checkpointPages: 1 })
  for (let at = 0; at < 20; at++) await store.accept(newEvents([`e${at}`]), NOW)
  await store.file!.backup(`${path}.backup`)
  await store.accept(newEvents(['last']), NOW)
  assert.equal(await accepted(store), 21)
  await store.close()
})

/** Without the look, the store goes on into a file that has no name: the tests above would see it. */
it('a store that does not look acknowledges what is gone afterwards', async (context) => {
  const path = tempPath(context)
  const store = await openSqliteStore({ path, lookAtFiles: () => undefined })
  rmSync(path)
  await store.accept(newEvents(['late']), NOW)
  await store.close()
  assert.equal(existsSync(path), false)
})

it('the look tells a file from another of the same name', (context) => {
  const path = tempPath(context)
  writeFileSync(path, 'a')
  const files = ownFiles(path)
  assert.equal(files.lost(), undefined)
  writeFileSync(path, 'changed')
  assert.equal(files.lost(), undefined)
  writeFileSync(`${path}.other`, 'a')
  renameSync(`${path}.other`, path)
  assert.equal(files.lost(), path)
})
