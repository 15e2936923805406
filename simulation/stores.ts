import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@waybill/relay/store'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import { memoryData, memoryStore } from '@waybill/relay/testing'
import type { Plan } from './plan.ts'
import type { OpenedStore } from './world.ts'

/** A disk in memory where there is one: a simulation asks what was committed, not how fast. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** The model looks at everything for each question: with more events than this real SQLite is the faster one. */
const MOST_IN_MODEL = 300

/** Real SQLite for every third life and for each with many events, the model of it for the others. */
export function openStore({ seed, events }: Plan, monotonicMs: () => number): Promise<OpenedStore> {
  return seed % 3 === 0 || events.size > MOST_IN_MODEL ? openFile(monotonicMs) : openModel(monotonicMs)
}

/** A crash takes the data as it is: what was not done by then is never done. */
async function openModel(monotonicMs: () => number): Promise<OpenedStore> {
  const data = memoryData()
  const open = (): Store => memoryStore({ data, monotonicMs })
  return { store: open(), reopen: async () => open(), remove: async () => {} }
}

/**
 * A crash takes a copy of the files as they are and opens it: what was not committed is gone, and the old handle stays behind like the
 * memory of a dead process.
 */
async function openFile(monotonicMs: () => number): Promise<OpenedStore> {
  const folder = mkdtempSync(join(FOLDER, 'waybill-simulation-'))
  const opened: Store[] = []
  let path = join(folder, '0.db')
  const open = async (): Promise<Store> => {
    const store = await openSqliteStore({ path, monotonicMs })
    opened.push(store)
    return store
  }
  return {
    store: await open(),
    async reopen() {
      const next = join(folder, `${opened.length}.db`)
      for (const part of ['', '-wal']) if (existsSync(path + part)) cpSync(path + part, next + part)
      path = next
      return open()
    },
    async remove() {
      for (const store of opened) await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}
