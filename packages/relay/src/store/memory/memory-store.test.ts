import type { StoreHarness } from '../conformance.ts'
import { storeConformance } from '../conformance.ts'
import { type MemoryStoreOptions, memoryData, memoryStore } from './index.ts'

function harnessOf(several: MemoryStoreOptions['several']): StoreHarness {
  const data = memoryData()
  const clock = { nowMs: 1 }
  const open = async () => memoryStore({ data, monotonicMs: () => clock.nowMs, ...(several && { several }) })
  return {
    clock,
    open,
    openBeside: open,
    async wait(forMs) {
      clock.nowMs += forMs
    },
    dispose: async () => undefined,
  }
}

storeConformance('the memory store', async () => harnessOf(undefined), {
  skip: [{ reason: 'it is opened for one alone', groups: ['several'] }],
})

storeConformance('the memory store of several relays', async () => {
  let isLost = false
  const isAnswerLost = (): boolean => {
    const was = isLost
    isLost = false
    return was
  }
  return {
    ...harnessOf({ isAnswerLost }),
    loseAnswer() {
      isLost = true
    },
  }
})
