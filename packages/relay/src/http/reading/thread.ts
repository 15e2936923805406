/** What the reading thread runs: a pack of bodies comes in with its number, and what became of them goes back. */
import { parentPort } from 'node:worker_threads'
import { toColumns } from './columns.ts'
import { type Pack, unpack } from './pack.ts'
import { readUsual } from './read-usual.ts'
import type { Done } from './reading-thread.ts'

const port = parentPort!
port.on('message', ({ number, pack }: { readonly number: number; readonly pack: Pack }) => {
  const done: Done = { number, columns: toColumns(unpack(pack).map((job) => readUsual(job, pack.nowMs))) }
  port.postMessage(done)
})
port.postMessage('ready')
