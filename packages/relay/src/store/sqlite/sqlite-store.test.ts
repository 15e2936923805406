import { tempFile } from '../conformance/temp-file.ts'
import { storeConformance } from '../conformance.ts'
import { openSqliteStore } from './index.ts'

storeConformance('the SQLite store', async () => {
  const { path, remove } = tempFile()
  return { open: () => openSqliteStore({ path }), dispose: async () => remove() }
})
