/** The broken relays, as a hunt looks for them. */
import { BROKEN } from './broken/index.ts'
import type { Wanted } from './hunt.ts'
import { BROKEN_SEVERAL } from './several/broken.ts'

/** Of one relay on data of its own, each among its faults; `firstSeeds` by their names. */
export function wantedAlone(firstSeeds: ReadonlyMap<string, number>): readonly Wanted[] {
  return Object.entries(BROKEN).map(([name, { alarms, faults }]) => ({
    name,
    alarms,
    firstSeed: firstSeeds.get(name),
    life: (seed) => ({ seed, fault: faults[seed % faults.length] }),
  }))
}

/** Of several relays on one data set. */
export function wantedAmong(relays: number): readonly Wanted[] {
  return Object.entries(BROKEN_SEVERAL).map(([name, { alarms, lean }]) => ({
    name,
    alarms,
    life: (seed) => ({ seed, relays, lean }),
  }))
}
