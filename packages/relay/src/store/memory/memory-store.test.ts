import { storeConformance } from '../conformance.ts'
import { memoryData, memoryStore } from './index.ts'

storeConformance('the memory store', async () => {
  const data = memoryData()
  return { open: async () => memoryStore({ data }), dispose: async () => undefined }
})
