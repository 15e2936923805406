export { openStoreThread, type StoreThreadOptions } from './open-store-thread.ts'
