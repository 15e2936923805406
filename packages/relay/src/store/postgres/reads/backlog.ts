import type { Backlog, BacklogQuestion } from '../../reads/index.ts'
import type { Core } from '../core.ts'
import { readExpiring } from '../operations/ageing.ts'
import { countsByPixel } from '../operations/counts.ts'

/** Before and after every own time that an event can have. */
const EVER = { fromMs: -8.64e15, beforeMs: 8.64e15, limit: 1 }

/** What has not ended, by pixel, with how much of it lies before each of some times. */
export async function backlog(
  core: Core,
  { pixels: wanted, fromMs, beforeMs, limit }: BacklogQuestion,
): Promise<Backlog> {
  const counts = await countsByPixel(core)
  const oldest = await readExpiring(core, EVER)
  const within = await Promise.all(beforeMs.map((before) => readExpiring(core, { fromMs, beforeMs: before, limit })))
  await core.terms.load(counts.keys())
  const pixels = [...counts].map(([number, of]) => ({
    pixel: core.terms.text(number),
    counts: of,
    oldestTimestampMs: oldest.find(({ pixel }) => pixel === number)?.oldest_ms,
    within: within.map((found) => found.find(({ pixel }) => pixel === number)?.events ?? 0),
  }))
  return { pixels: pixels.filter(({ pixel }) => wanted === undefined || wanted.includes(pixel)) }
}
