import { setImmediate as nextTurn } from 'node:timers/promises'
import { apartMs, type Pair, pairUp } from './pair-up.ts'
import type { LoneClass, PairClass } from './row-class.ts'
import type { RowOutcomes } from './row-outcomes.ts'
import type { SightingStore, StoredSighting, Walk, Walked } from './sighting-store.ts'

/** What decides whether two rows are one conversion. */
export interface Rules {
  /** How far apart two times of one conversion lie at most. */
  readonly maxApartMs: number
  /** Whether the Pixel ID is part of the key: both sides say it in every row. */
  readonly comparesPixels: boolean
}

/** Told of every pair and every row as it is settled. */
export type OnSettled = (
  rowClass: PairClass | LoneClass,
  one: StoredSighting,
  other: StoredSighting | undefined,
) => void

export interface Comparison {
  readonly store: SightingStore
  readonly rowOutcomes: RowOutcomes
  readonly rules: Rules
  readonly onSettled: OnSettled
  readonly signal: AbortSignal
}

type Group = readonly Walked[]

interface Step {
  readonly walk: Walk
  /** What a group has in common. */
  readonly isGroup: (one: Walked, other: Walked) => boolean
  readonly settle: (group: Group, comparison: Comparison) => void
  /** Rows of a group beyond which the others need not be known. */
  readonly enough?: number
}

/**
 * One key is spelled in few ways. More ids of one side with one fold share no more than a number, as `anna-1` and `bert-1` do.
 */
const MAX_SPELLINGS = 4

const FIRST_STEP: Step = {
  walk: 'all by id',
  isGroup: (one, other) => one.id === other.id,
  settle: settleSameId,
}

const LATER_STEPS: readonly Step[] = [
  {
    walk: 'open by fold',
    isGroup: (one, other) => one.name === other.name && one.fold === other.fold,
    settle: settleSpellings,
    enough: 2 * MAX_SPELLINGS + 1,
  },
  {
    walk: 'open by id',
    isGroup: (one, other) => one.id === other.id,
    settle: (group, comparison) => settleNear('name_differs', group, comparison),
  },
]

/** Rows between two looks at the signal. */
const ROWS_A_TURN = 20_000

/**
 * Compares the two sides, in steps of which each sees what those before it left open:
 *
 * 1. By id: a key that its side had before is `repeated`, its earliest row stands for it. One key on both sides is `matched`, or
 *    `far_apart`; the same id and name under two Pixel IDs is `pixel_differs`.
 * 2. By name and folded id: `id_spelling`.
 * 3. By id again: `name_differs`.
 * 4. What is left stands alone: `two_names` where its side has the id under another name too, else `pixel_only` or `server_only`.
 *
 * All but the one key on both sides are taken for one conversion only where their times are near, since numbers are used for many
 * things. Spelling goes before names: an order and a lead may well have the same number.
 *
 * Gives false when the signal ended it before every row was settled.
 */
export async function compare(comparison: Comparison): Promise<boolean> {
  const { store, rowOutcomes } = comparison
  if (!(await takeStep(FIRST_STEP, comparison))) return false
  store.setApart((row) => rowOutcomes.isOpen(row))
  for (const step of LATER_STEPS) {
    if (!(await takeStep(step, comparison))) return false
  }
  return settleRest(comparison)
}

async function takeStep(
  { walk, isGroup, settle, enough = Number.POSITIVE_INFINITY }: Step,
  comparison: Comparison,
): Promise<boolean> {
  const { store, rowOutcomes, rules, signal } = comparison
  let group: Walked[] = []
  let rows = 0
  for (const row of store.walk(walk, rules.comparesPixels)) {
    if (++rows % ROWS_A_TURN === 0) await nextTurn()
    if (signal.aborted) return false
    // An earlier step may have settled what was set apart before it.
    if (!rowOutcomes.isOpen(row.row)) continue
    const last = group.at(-1)
    if (last !== undefined && isSameKey(last, row)) {
      settleLone('repeated', row, last, comparison)
      continue
    }
    if (last !== undefined && !(isGroup(last, row) && hasSamePixel(last, row, walk, rules))) {
      settle(group, comparison)
      group = []
    }
    if (group.length < enough) group.push(row)
  }
  settle(group, comparison)
  return true
}

function isSameKey(one: Walked, other: Walked): boolean {
  return one.side === other.side && one.id === other.id && one.name === other.name && one.pixel === other.pixel
}

/** The first walk has all Pixel IDs of an id in one group. */
function hasSamePixel(one: Walked, other: Walked, walk: Walk, { comparesPixels }: Rules): boolean {
  return walk === 'all by id' || !comparesPixels || one.pixel === other.pixel
}

function settleSameId(group: Group, comparison: Comparison): void {
  const { comparesPixels, maxApartMs } = comparison.rules
  noteNames(group, comparison)
  for (const ofName of grouped(group, ({ name }) => name)) {
    for (const ofKey of grouped(ofName, ({ pixel }) => (comparesPixels ? pixel : '')))
      settlePairs(undefined, pairUp(...sides(ofKey), Number.POSITIVE_INFINITY), comparison)
    if (!comparesPixels) continue
    const open = ofName.filter(({ row }) => comparison.rowOutcomes.isOpen(row))
    settlePairs('pixel_differs', pairUp(...sides(open), maxApartMs), comparison)
  }
}

function settleSpellings(group: Group, comparison: Comparison): void {
  if (sides(group).every((ofSide) => ofSide.length <= MAX_SPELLINGS)) settleNear('id_spelling', group, comparison)
}

function settleNear(pairClass: PairClass, group: Group, comparison: Comparison): void {
  settlePairs(pairClass, pairUp(...sides(group), comparison.rules.maxApartMs), comparison)
}

/** Without a class the pairs have one key, and the time decides. */
function settlePairs(pairClass: PairClass | undefined, pairs: readonly Pair<Walked>[], comparison: Comparison): void {
  const { rowOutcomes, rules, onSettled } = comparison
  for (const { pixel, server } of pairs) {
    const isFar = Math.abs(apartMs(pixel, server) ?? 0) > rules.maxApartMs
    const settled = pairClass ?? (isFar ? 'far_apart' : 'matched')
    rowOutcomes.settle(pixel.row, settled, server.row)
    rowOutcomes.settle(server.row, settled, pixel.row)
    onSettled(settled, pixel, server)
  }
}

/** Remembers for each row another of its channel that has its id under another name. */
function noteNames(group: Group, { rowOutcomes, rules }: Comparison): void {
  const channels = sides(group).flatMap((ofSide) => [
    ...grouped(ofSide, ({ pixel }) => (rules.comparesPixels ? pixel : '')),
  ])
  for (const channel of channels) {
    const first = channel[0]
    const second = channel.find(({ name }) => name !== first?.name)
    if (first === undefined || second === undefined) continue
    for (const { row, name } of channel) rowOutcomes.note(row, name === first.name ? second.row : first.row)
  }
}

async function settleRest(comparison: Comparison): Promise<boolean> {
  const { store, rowOutcomes, signal } = comparison
  for (let row = 1; row <= rowOutcomes.rows; row++) {
    if (row % ROWS_A_TURN === 0) await nextTurn()
    if (signal.aborted) return false
    if (!rowOutcomes.isOpen(row)) continue
    const other = rowOutcomes.otherOf(row)
    const sighting = store.read(row)
    if (other !== 0) settleLone('two_names', sighting, store.read(other), comparison)
    else settleLone(sighting.side === 'pixel' ? 'pixel_only' : 'server_only', sighting, undefined, comparison)
  }
  return true
}

function settleLone(
  loneClass: LoneClass,
  one: StoredSighting,
  other: StoredSighting | undefined,
  { rowOutcomes, onSettled }: Comparison,
): void {
  rowOutcomes.settle(one.row, loneClass, other?.row ?? 0)
  onSettled(loneClass, one, other)
}

function sides(group: Group): [pixel: Group, server: Group] {
  return [group.filter(({ side }) => side === 'pixel'), group.filter(({ side }) => side === 'server')]
}

function grouped(group: Group, keyOf: (row: Walked) => string): Iterable<Group> {
  // Nearly every group is one key on both sides.
  if (group.every((row) => keyOf(row) === keyOf(group[0]!))) return [group]
  const groups = new Map<string, Walked[]>()
  for (const row of group) {
    const known = groups.get(keyOf(row))
    if (known === undefined) groups.set(keyOf(row), [row])
    else known.push(row)
  }
  return groups.values()
}
