import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { NOW, newEvents } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { StoreOwnedError } from '../index.ts'
import { openSqliteStore } from './index.ts'

/** A process that accepts one event after another and prints the id of each that was acknowledged. */
const CHILD = `
  const { openSqliteStore } = await import(process.env.STORE)
  const { newEvent, leaseAll } = await import(process.env.HARNESS)
  const store = await openSqliteStore({ path: process.env.STORE_PATH })
  for (let number = 0; ; number++) {
    const id = 'e' + number
    await store.accept([newEvent(id)], ${NOW})
    if (number === 5) await leaseAll(store)
    console.log(id)
  }`

function startChild(path: string): ChildProcess {
  const env = {
    ...process.env,
    STORE: new URL('./index.ts', import.meta.url).href,
    HARNESS: new URL('../conformance/harness.ts', import.meta.url).href,
    STORE_PATH: path,
  }
  const flags = ['--conditions=waybill-source', '--input-type=module', '-e', CHILD]
  return spawn(process.execPath, flags, { env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Reads ids until there are so many, kills the process at once, and gives all that it printed. */
async function killAfter(child: ChildProcess, acknowledged: number, meanwhile: () => Promise<void>): Promise<string[]> {
  const ids: string[] = []
  if (child.stdout === null) throw new Error('The process has no output.')
  for await (const line of createInterface({ input: child.stdout })) {
    ids.push(line)
    if (ids.length !== acknowledged) continue
    await meanwhile()
    child.kill('SIGKILL')
  }
  return ids
}

it('a second store on one file is refused in one line that names the owner, also within one process', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  await assert.rejects(openSqliteStore({ path }), (error: unknown) => {
    assert.ok(error instanceof StoreOwnedError)
    assert.match(error.message, new RegExp(`is in use by process ${process.pid} on `))
    assert.equal(error.message.includes('\n'), false)
    return true
  })
  await store.accept(newEvents(['a']), NOW)
  await store.close()
  await (await openSqliteStore({ path })).close()
  remove()
})

/**
 * - a process owns the file and is killed with SIGKILL while it accepts, with a lease open
 * - before, a second owner is refused and told the process; afterwards it opens without any cleaning up
 * - every acknowledged event is there, and nothing is leased
 */
it('the death of an owner frees its file and its leases, and loses nothing that was acknowledged', async () => {
  const { path, remove } = tempFile()
  const child = startChild(path)
  const exited = once(child, 'exit')
  const acknowledged = await killAfter(child, 25, async () => {
    await assert.rejects(openSqliteStore({ path }), {
      name: 'StoreOwnedError',
      message: new RegExp(`process ${child.pid} `),
    })
  })
  await exited
  const store = await openSqliteStore({ path })
  for (const id of acknowledged) assert.equal((await store.show(id))[0]?.state, 'queued')
  assert.equal((await store.counts()).sending, 0)
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('a name that an owner left behind locks nobody out', async () => {
  const { path, remove } = tempFile()
  writeFileSync(`${path}.owner`, 'process 1 on elsewhere\n')
  await (await openSqliteStore({ path })).close()
  remove()
})
