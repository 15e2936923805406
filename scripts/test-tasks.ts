/** How the tests are shared among processes, and what the processes say of them. */

/** One process: a file by itself, or the files of a group one after the other. */
export interface Task {
  readonly title: string
  readonly files: readonly string[]
  /** All files in the one process, which spares each its start. */
  readonly together: boolean
  /** What is tested is the disk, so the data lies on one. */
  readonly needsDisk: boolean
  /** It waits for other processes, for the disk or for claims to end most of the time, and runs beside those that keep the cores busy. */
  readonly waits: boolean
}

/** Files that change nothing in their process, and need none of their own. Each start spared is that of Node and of all that the files import. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'packages/waybill': ['packages/waybill/'],
  'packages/emulator': ['packages/emulator/'],
  'packages/relay: outbox': relay('outbox'),
  'packages/relay: files and commands': relay('cli', 'config', 'dedup', 'doctor', 'files', 'upload'),
  'packages/relay: doors': relay('http'),
  'packages/relay: engine': relay('engine'),
  // One server for all of them.
  'packages/relay: PostgreSQL': relay('store/postgres', 'store/move'),
  'packages/relay: store': relay('store/memory', 'store/roll-up', 'store/sqlite'),
  'packages/relay: service': relay('service', 'page', 'observe'),
  'packages/page': ['packages/page/'],
}

function relay(...rooms: readonly string[]): readonly string[] {
  return rooms.map((room) => `packages/relay/src/${room}/`)
}

/** They measure the memory of their process, send it signals, or keep a core busy by themselves for long. */
const ALONE: readonly string[] = [
  'packages/relay/src/http/json.test.ts',
  'packages/relay/src/http/security.test.ts',
  'packages/relay/src/service/flood.test.ts',
  'packages/relay/src/service/holds.test.ts',
  'packages/relay/src/service/hostile-requests.test.ts',
  'packages/relay/src/engine/storms.test.ts',
]

/** The longest, so that none of them is left to run alone at the end. */
const FIRST: readonly string[] = [
  'test/simulation.test.ts',
  'packages/relay: files and commands',
  'packages/relay: doors',
  'test/packages.test.ts',
  'packages/relay: service',
  'test/agreement.test.ts',
  'packages/relay: engine',
  'packages/waybill',
  'packages/relay: store',
  'packages/relay/src/engine/storms.test.ts',
  'test/browser/page/people.test.ts',
  'test/browser/page/scenes.test.ts',
]

const WAITING: readonly string[] = [
  'packages/relay: PostgreSQL',
  'test/crash.test.ts',
  'test/relays.test.ts',
  'test/upgrade.test.ts',
  'packages/relay/src/service/stop.test.ts',
  'packages/relay/src/service/postgres.test.ts',
  'packages/relay/src/store/sqlite/durability.test.ts',
  'test/browser/page/relay.test.ts',
  'test/newcomer.test.ts',
]

const OF_THE_DISK = /\/(?:crash|disk-full|disk|durability|owner|backup)\.test\.ts$/

function isAlone(file: string): boolean {
  return OF_THE_DISK.test(file) || ALONE.includes(file) || WAITING.includes(file)
}

/** The processes in the order in which they start. */
export function tasksOf(files: readonly string[]): Task[] {
  const grouped = Object.entries(GROUPS).map(([title, folders]): Task => {
    const own = files.filter((file) => folders.some((folder) => file.startsWith(folder)) && !isAlone(file))
    return { title, files: own, together: true, needsDisk: false, waits: WAITING.includes(title) }
  })
  const taken = new Set(grouped.flatMap((group) => group.files))
  const single = files
    .filter((file) => !taken.has(file))
    .map((file): Task => {
      const waits = WAITING.includes(file)
      return { title: file, files: [file], together: false, needsDisk: OF_THE_DISK.test(file), waits }
    })
  const place = ({ title }: Task): number => (FIRST.indexOf(title) + FIRST.length + 1) % (FIRST.length + 1)
  const all = [...grouped.filter((group) => group.files.length > 0), ...single]
  return all.sort((left, right) => place(left) - place(right))
}

export const COUNTED = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const
export type Totals = Readonly<Record<(typeof COUNTED)[number], number>>

/** The totals at the end of a run of `node --test`; `undefined` where it did not come to its end. */
export function totalsOf(output: string): Totals | undefined {
  const counts = COUNTED.map((name) => new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1])
  if (counts.some((count) => count === undefined)) return undefined
  return Object.fromEntries(COUNTED.map((name, at) => [name, Number(counts[at])])) as Totals
}

export function sum(all: readonly Totals[]): Totals {
  const of = (name: keyof Totals): number => all.reduce((total, one) => total + one[name], 0)
  return Object.fromEntries(COUNTED.map((name) => [name, of(name)])) as Totals
}
