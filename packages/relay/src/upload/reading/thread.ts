/** What the reading thread runs: it reads the file of its job, and gives its events in packs for as long as there is room for them. */
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { MAX_EVENTS_PER_REQUEST, type WireEvent } from 'waybill'
import { keptForm } from '../../engine/accept.ts'
import { FilesError, openFile } from '../../files/index.ts'
import { createJudge } from '../checked.ts'
import { takeEvents } from '../taken.ts'
import { judgementOf, type ReadingJob } from './job.ts'
import { movedWith, Packer } from './pack.ts'
import { MAX_PACKS, type Said } from './said.ts'

/** What one request holds. Each message costs some 200 µs with the waking of a thread; more only lie in memory. */
const PACK_EVENTS = MAX_EVENTS_PER_REQUEST

const port = parentPort!
let room = MAX_PACKS
let onRoom = (): void => {}

function say(said: Said, moved: readonly ArrayBuffer[] = []): void {
  port.postMessage(said, moved)
}

async function give(packer: Packer, bytesRead: number): Promise<void> {
  while (room === 0)
    await new Promise<void>((resolve) => {
      onRoom = resolve
    })
  room -= 1
  const pack = packer.pack(bytesRead)
  say({ kind: 'pack', pack }, movedWith(pack))
}

async function read(job: ReadingJob): Promise<void> {
  const file = await openFile(job.place, job.options)
  const judge = createJudge({ contract: job.contract, now: Date.now })
  const outgoing = (event: WireEvent): ReturnType<typeof keptForm> => keptForm(event, [], Date.now())
  const packer = new Packer(job.wantsRows)
  try {
    for await (const batch of takeEvents(file, judgementOf(job), { judge, outgoing })) {
      for (const taken of batch) {
        packer.add(taken)
        if (packer.size >= PACK_EVENTS) await give(packer, file.bytesRead())
      }
    }
  } finally {
    if (packer.size > 0) await give(packer, file.bytesRead())
    await file.close()
  }
}

const [job] = (await once(port, 'message')) as [ReadingJob]
port.on('message', () => {
  room += 1
  onRoom()
})
try {
  await read(job)
  say({ kind: 'end' })
} catch (error) {
  if (!(error instanceof FilesError)) throw error
  say({ kind: 'fault', message: error.message, code: error.code })
}
port.close()
