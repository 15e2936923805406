import type { Guided } from '../../answers/guide.ts'
import type { Took } from '../../answers/moment.ts'
import type { Piece } from '../../answers/pieces.ts'
import type { Sum, Summed } from '../../answers/sums.ts'
import { isWhole, type Wanted } from '../../answers/where.ts'
import { eachCell, eachCount, type IsMeant } from '../../roll-up/pack.ts'
import type { PackKey, PackKeys } from '../roll-up/pack-keys.ts'
import type { SqliteMoment } from './moment.ts'

interface TimedPack {
  readonly time: number
  readonly kind: number
  readonly cells: Uint8Array
}

/** Between which numbers the pixels lie that are meant. */
interface PixelSpan {
  readonly low: number
  readonly high: number
}

const ALL_PIXELS: PixelSpan = { low: 0, high: Number.MAX_SAFE_INTEGER }
const WHOLE: PixelSpan = { low: 0, high: 0 }

function spanOf(pixels: readonly number[] | undefined): PixelSpan {
  return pixels === undefined ? ALL_PIXELS : { low: Math.min(...pixels), high: Math.max(...pixels) }
}

function packsOf(
  moment: SqliteMoment,
  table: 'rollup' | 'latency',
  kinds: readonly number[],
  { grain, from, until }: Piece,
  { low, high }: PixelSpan,
): TimedPack[] {
  const sql = `SELECT time, kind, cells FROM ${table}_pack
    WHERE grain = ? AND time >= ? AND time < ? AND kind IN (${kinds.join()}) AND last >= ? AND first <= ?`
  return moment.rows(sql, grain, from, until, low, high) as unknown as TimedPack[]
}

/** What is packed of a sum. */
export function sumPacks(
  moment: SqliteMoment,
  keys: PackKeys,
  piece: Piece,
  { sum, withTimes }: { readonly sum: Sum; readonly withTimes: boolean },
): Summed[] {
  const groups = groupsOf(keys, sum)
  const found: Summed[] = []
  const whole = new Map<number, GroupSums>()
  for (const { time, kind, cells } of packsOf(moment, 'rollup', sum.kinds, piece, groups.span)) {
    const sums = withTimes ? new GroupSums() : (whole.get(kind) ?? new GroupSums())
    addPack(sums, cells, groups, sum.count === 'ends')
    if (withTimes) found.push(...sums.rows(groups, kind, time))
    else whole.set(kind, sums)
  }
  for (const [kind, sums] of whole) found.push(...sums.rows(groups, kind, 0))
  return found
}

function addPack(sums: GroupSums, cells: Uint8Array, groups: Groups, areEnds: boolean): void {
  eachCell(
    cells,
    (pixel, key, flow, ends, flowMoney, endsMoney) => {
      const group = groups.at(pixel, key)
      if (group >= 0) sums.add(group, areEnds ? ends : flow, areEnds ? endsMoney : flowMoney)
    },
    groups.isMeant,
  )
}

class GroupSums {
  readonly #touched: number[] = []
  readonly #events: number[] = []
  readonly #money: number[] = []

  add(group: number, events: number, money: number): void {
    const known = this.#events[group]
    if (known === undefined) {
      this.#touched.push(group)
      this.#events[group] = events
      this.#money[group] = money
      return
    }
    this.#events[group] = known + events
    this.#money[group]! += money
  }

  rows(groups: Groups, kind: number, time: number): Summed[] {
    return this.#touched.flatMap((group) => {
      const [events, money] = [this.#events[group]!, this.#money[group]!]
      return events === 0 && money === 0 ? [] : [{ time, kind, events, money, ...groups.told[group]! }]
    })
  }
}

const NOT_MEANT = -1

/** Which group each key of a pixel belongs to: told once, because keys come by the million. */
class Groups {
  readonly told: { readonly currency: number; readonly keys: readonly number[] }[] = []
  readonly isMeant: IsMeant
  readonly span: PixelSpan
  readonly #keys: PackKeys
  readonly #by: Sum['by']
  readonly #wanted: Wanted
  readonly #numbers: Map<string, number> = new Map()
  readonly #pixels: Map<number, number[]> = new Map()
  #last: { readonly pixel: number; readonly groups: number[] } = { pixel: -1, groups: [] }

  constructor(keys: PackKeys, { by, wanted, count }: Sum) {
    this.#keys = keys
    this.#by = by
    this.#wanted = wanted
    const isOfAll = count === 'flow' && isWhole(wanted, by)
    this.isMeant = isOfAll ? (pixel) => pixel === 0 : pixelsOf(wanted)
    this.span = isOfAll ? WHOLE : spanOf(wanted.pixels)
  }

  at(pixel: number, key: number): number {
    if (this.#last.pixel !== pixel) this.#last = { pixel, groups: this.#groupsOf(pixel) }
    const { groups } = this.#last
    return groups[key] ?? this.#find(groups, pixel, key)
  }

  #groupsOf(pixel: number): number[] {
    const known = this.#pixels.get(pixel) ?? []
    this.#pixels.set(pixel, known)
    return known
  }

  #find(groups: number[], pixel: number, number: number): number {
    const key = this.#keys.at(pixel, number)
    const group = matchesKey(key, this.#wanted) ? this.#numberOf(pixel, key) : NOT_MEANT
    groups[number] = group
    return group
  }

  #numberOf(pixel: number, key: PackKey): number {
    const keys = this.#by.map((name) => (name === 'pixel' ? pixel : key[name]))
    const text = `${key.currency} ${keys.join(' ')}`
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.told.length)
    return this.told.push({ currency: key.currency, keys }) - 1
  }
}

/** Of a sum that is made in slices. */
const groupsOfSums = new WeakMap<Sum, Groups>()

function groupsOf(keys: PackKeys, sum: Sum): Groups {
  const groups = groupsOfSums.get(sum) ?? new Groups(keys, sum)
  groupsOfSums.set(sum, groups)
  return groups
}

/** Pixel 0 stands for all of them together. */
function pixelsOf({ pixels }: Wanted): IsMeant {
  return pixels === undefined ? (pixel) => pixel > 0 : (pixel) => pixels.includes(pixel)
}

function matchesKey(key: PackKey, { name, shape, source, code }: Wanted): boolean {
  return (
    (name === undefined || key.name === name) &&
    (shape === undefined || key.shape === shape) &&
    (source === undefined || key.source === source) &&
    (code === undefined || key.code === code)
  )
}

/** Whether anything is packed that leads to events which are looked for. */
export function hasPacked(
  moment: SqliteMoment,
  keys: PackKeys,
  { grain, time }: { readonly grain: number; readonly time: number },
  { kind, wanted, code, areEnds }: Guided,
): boolean {
  const piece = { grain, from: time, until: time + 1 }
  const asked = { ...wanted, code: code === 0 ? undefined : code }
  let found = false
  for (const { cells } of packsOf(moment, 'rollup', [kind], piece, spanOf(wanted.pixels)))
    eachCell(
      cells,
      (pixel, number, _flow, ends) => {
        if (found || (areEnds && ends <= 0)) return
        const key = keys.at(pixel, number)
        found = key.name === 0 || matchesKey(key, asked)
      },
      (pixel) => !found && pixelsOf(wanted)(pixel),
    )
  return found
}

/** What is packed of how long events took, of some pixels or of all together. */
export function packedTook(
  moment: SqliteMoment,
  kinds: readonly number[],
  piece: Piece,
  pixels: readonly number[] | undefined,
): Took[] {
  const isMeant: IsMeant = pixels === undefined ? (pixel) => pixel === 0 : (pixel) => pixels.includes(pixel)
  const found: Took[] = []
  for (const { kind, cells } of packsOf(moment, 'latency', kinds, piece, pixels === undefined ? WHOLE : spanOf(pixels)))
    eachCount(cells, (_pixel, bucket, events) => void found.push({ kind, bucket, events }), isMeant)
  return found
}
