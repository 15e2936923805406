/** What the verdict's thread runs: what is asked comes in with a number, and the verdict goes back, or what is missing for it. */
import { parentPort } from 'node:worker_threads'
import type { MarkView } from '../admin/read/mark-view.ts'
import { Judge } from './judging.ts'
import type { Asked, Told } from './verdict-thread.ts'

const port = parentPort!
const judge = new Judge<MarkView>()
port.on('message', ({ number, judging }: Asked) => port.postMessage(told(number, judging)))

function told(number: number, judging: Asked['judging']): Told {
  try {
    return { number, judged: judge.judge(judging) }
  } catch (error) {
    return { number, error: (error as Error).message }
  }
}
