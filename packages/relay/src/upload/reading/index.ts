/** The second reading of a file in a thread beside the one that keeps and sends. */
export { isWorthAThread, jobOf, type ReadingJob, type ReadingRules } from './job.ts'
export { bodyOf, marked, type Pack, type PackedEvents, unpacked } from './pack.ts'
export { ReadingThread, readBeside, type Seen } from './reading-thread.ts'
