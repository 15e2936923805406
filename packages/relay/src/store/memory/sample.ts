import { count } from './accounts.ts'
import type { MemoryData } from './data.ts'

/** Looks at what waits. */
export function sample(data: MemoryData, atMs: number): void {
  for (const pixel of data.accepted.keys()) {
    const { queued, held, sending } = count(data, pixel)
    if (queued + held + sending > 0) data.samples.push({ atMs, pixel, queued, held, sending })
  }
}
