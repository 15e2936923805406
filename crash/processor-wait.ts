import { readFileSync } from 'node:fs'

/**
 * How long the main thread of a process was ready to run and the machine had no processor for it, in milliseconds. What others
 * do on the machine must not count as slowness of the relay. 0 where the system does not tell (Linux does).
 */
export function processorWaitMs(pid: number | undefined): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return Number(waitedNs) / 1e6
  } catch {
    return 0
  }
}
