export { changeMemoryData, type MemoryChange } from './claims.ts'
export { type MemoryData, memoryData } from './data.ts'
export { type MemoryStoreOptions, memoryStore } from './memory-store.ts'
