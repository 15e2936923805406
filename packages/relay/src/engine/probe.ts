import { BatchRun } from './batch-run.ts'
import { send } from './deliver.ts'
import { isOperatorHold, resumePixel, resumeShape } from './hold.ts'
import type { Line, Plant } from './line.ts'

/** What is held is tried again now and then with a single event: whoever mends it need not tell us. */
const PROBE_EVERY_MS = 15 * 60 * 1_000
const LEASE_MS = 60_000

/**
 * Tries held pixels and shapes, one event each, until the engine stops. A probe can last as long as an API hangs, so each goes on
 * its own.
 */
export async function probeHolds(plant: Plant, lines: ReadonlyMap<string, Line>): Promise<void> {
  const underWay = new Map<string, Promise<void>>()
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  while (!plant.isStopping()) {
    await Promise.race([plant.runtime.sleep(PROBE_EVERY_MS, plant.pauseSignal), failed])
    if (plant.isStopping()) break
    for (const hold of await plant.store.holds()) {
      const { pixel, shape } = hold
      const line = lines.get(pixel)
      const key = JSON.stringify([pixel, shape])
      if (line === undefined || line.isHalted || isOperatorHold(hold) || underWay.has(key)) continue
      const probe = shape === undefined ? probePixel(line) : probeShape(line, shape)
      underWay.set(
        key,
        probe.catch(fail).finally(() => underWay.delete(key)),
      )
    }
  }
  await Promise.race([Promise.all(underWay.values()), failed])
}

/** Asks the API with `validate_only` whether it takes key and pixel again. */
async function probePixel(line: Line): Promise<void> {
  const lease = await leaseOne(line)
  if (lease === undefined) return
  const run = new BatchRun(line, lease)
  const answer = await run.ask(run.travellers, 'validate')
  if (answer !== undefined) await resumePixel(line, 'a probe passed')
  await run.finish()
}

/** Sends one event of a held shape; when it passes, the others follow. */
async function probeShape(line: Line, shape: string): Promise<void> {
  const lease = await leaseOne(line, shape)
  if (lease === undefined) return
  const run = new BatchRun(line, lease)
  let passed = false
  const stop = line.plant.events.on('event:delivered', ({ row }) => {
    if (row === lease.events[0]!.row) passed = true
  })
  await send(run, run.travellers, 'probe')
  await run.finish()
  stop()
  if (passed) await resumeShape({ plant: line.plant, pixel: line.config.pixelId, line }, shape)
}

function leaseOne({ plant, config }: Line, shape?: string): ReturnType<Plant['store']['lease']> {
  return plant.store.lease({
    pixel: config.pixelId,
    limit: 1,
    nowMs: plant.clock.now(),
    leaseMs: LEASE_MS,
    probe: {},
    ...(shape === undefined ? {} : { shapes: [shape] }),
  })
}
