import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@waybill/relay/store'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import type { Parts } from './world.ts'

/** A disk in memory where there is one: a simulation asks what was committed, not how fast. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/**
 * Real SQLite. A crash takes a copy of the files as they are and opens it: what was not committed is gone, and the old handle
 * stays behind like the memory of a dead process.
 */
export function storeParts(): Pick<Parts, 'openStore'> {
  return {
    async openStore(monotonicMs) {
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
    },
  }
}
