export type { ReadingJob } from './job.ts'
export { ReadingThread } from './reading-thread.ts'
