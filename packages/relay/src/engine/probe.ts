import { BatchRun } from './batch-run.ts'
import { send } from './deliver.ts'
import { resumePixel, resumeShape } from './hold.ts'
import type { Line, Plant } from './line.ts'

/** What is held is tried again now and then with a single event: whoever mends it need not tell us. */
const PROBE_EVERY_MS = 15 * 60 * 1_000
const LEASE_MS = 60_000

/** Tries held pixels and shapes, one event each, until the engine stops. */
export async function probeHolds(plant: Plant, lines: ReadonlyMap<string, Line>): Promise<void> {
  for (;;) {
    await plant.runtime.sleep(PROBE_EVERY_MS, plant.pauseSignal)
    if (plant.isStopping()) return
    for (const { pixel, shape, by } of await plant.store.holds()) {
      const line = lines.get(pixel)
      // What an operator holds, an operator resumes.
      if (line === undefined || by !== 'waybill') continue
      if (shape === undefined) await probePixel(line)
      else await probeShape(line, shape)
    }
  }
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
  if (passed) await resumeShape(line, shape)
}

function leaseOne({ plant, config }: Line, shape?: string): ReturnType<Plant['store']['lease']> {
  return plant.store.lease({
    pixel: config.pixelId,
    limit: 1,
    nowMs: plant.clock.now(),
    leaseMs: LEASE_MS,
    probe: true,
    ...(shape === undefined ? {} : { shapes: [shape] }),
  })
}
