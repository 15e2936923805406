import { tempFile } from '../conformance/temp-file.ts'
import { storeConformance } from '../conformance.ts'
import { openSqliteStore } from './index.ts'

storeConformance(
  'the SQLite store',
  async () => {
    const { path, remove } = tempFile()
    const clock = { nowMs: 1 }
    const open = () => openSqliteStore({ path, monotonicMs: () => clock.nowMs })
    return { clock, open, dispose: async () => remove() }
  },
  { skip: [{ reason: 'one process owns the file, and a second one is refused', groups: ['several'] }] },
)
