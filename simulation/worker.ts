/** One of the threads that `simulateMany` shares its lives among: a task comes in, and its outcome goes back. */
import { parentPort } from 'node:worker_threads'
import { simulate, type Task } from './simulate.ts'

const port = parentPort!
port.on('message', async (task: Task) => {
  port.postMessage(await simulate(task))
})
