/** One of the threads that `simulateMany` shares its seeds among: a seed comes in, and its problems go back. */
import { parentPort } from 'node:worker_threads'
import { simulate } from './run.ts'
import { storeParts } from './stores.ts'

const port = parentPort!
const parts = storeParts()
port.on('message', async (seed: number) => {
  const problems = await simulate(seed, parts)
  port.postMessage({ seed, problems })
})
