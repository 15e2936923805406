export { ReadingThread } from './reading-thread.ts'
