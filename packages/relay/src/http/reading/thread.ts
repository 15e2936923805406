/** What the reading thread runs: a job comes in with its number, and what became of it goes back. */
import { parentPort } from 'node:worker_threads'
import { toColumns } from './columns.ts'
import type { ReadingJob } from './job.ts'
import { readUsual } from './read-usual.ts'
import type { Done } from './reading-thread.ts'

const port = parentPort!
port.on('message', ({ number, job }: { readonly number: number; readonly job: ReadingJob }) => {
  const events = readUsual(job)
  const done: Done = { number, columns: events && toColumns(events) }
  port.postMessage(done)
})
port.postMessage('ready')
