import { storeConformance } from '../conformance.ts'
import { memoryData, memoryStore } from './index.ts'

storeConformance('the memory store', async () => {
  const data = memoryData()
  const clock = { nowMs: 1 }
  const open = async () => memoryStore({ data, monotonicMs: () => clock.nowMs })
  return { clock, open, dispose: async () => undefined }
})
