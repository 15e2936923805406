/** What the reading thread runs: a pack of bodies comes in with its number, and what became of them goes back. */
import { parentPort } from 'node:worker_threads'
import type { NewEvent } from '../../store/index.ts'
import { giveBack } from '../incoming/give-back.ts'
import { toColumns } from './columns.ts'
import { type Pack, unpack } from './pack.ts'
import { readUsual } from './read-usual.ts'
import type { Done } from './reading-thread.ts'

/** An event can be refused in many words for few bytes: of more than so many in a pack, the rest is left to whoever asked. */
const MAX_EVENTS = 20_000

const port = parentPort!
port.on('message', ({ number, pack }: { readonly number: number; readonly pack: Pack }) => {
  const done: Done = { number, columns: toColumns(readAll(pack)) }
  giveBack(pack.bytes)
  port.postMessage(done)
})
port.postMessage('ready')

function readAll(pack: Pack): (NewEvent[] | undefined)[] {
  let count = 0
  return unpack(pack).map((job) => {
    const events = count < MAX_EVENTS ? readUsual(job, pack.nowMs) : undefined
    count += events?.length ?? 0
    return events
  })
}
