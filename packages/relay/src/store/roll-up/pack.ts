/**
 * Numbers of one grain, time and kind in packs of bytes, by pixel: where only some pixels are asked for, the others are stepped over. A part is
 * the gap to its pixel, its length, and what it has, each with the gap to the one before; sizes are those of `VarintWriter`.
 */

import { VarintReader, VarintWriter } from './varints.ts'

/** What is counted under one key of a pixel. */
export interface PackedCell {
  readonly pixel: number
  /** Its number among the keys of the pixel. */
  readonly key: number
  readonly flow: number
  readonly ends: number
  readonly flowMoney: number
  readonly endsMoney: number
}

/** How many of a pixel's took as long as a bucket says. */
export interface PackedCount {
  readonly pixel: number
  readonly bucket: number
  readonly events: number
}

/** Some of the numbers of one grain, time and kind. */
export interface PackOfPixels {
  /** The lowest and the highest of its pixels. */
  readonly first: number
  readonly last: number
  readonly cells: Uint8Array
}

/** How the numbers of a cell are told, the shortest first. `NONE`: no ends; `ALL`: all that happened are still there. */
const ONE_NONE = 0
const ONE_ALL = 1
const SOME_NONE = 2
const SOME_ALL = 3
/** Four numbers of any kind. */
const ANY = 4
const FORMS = 5

/** Bytes of a pack that ends with its last whole part: four of them fill a page of a file. */
const PACK_BYTES = 1_000

/** Which pixels are read; without it all. */
export type IsMeant = (pixel: number) => boolean

export function packCells(cells: readonly PackedCell[]): PackOfPixels[] {
  const rising = [...cells].sort((a, b) => a.pixel - b.pixel || a.key - b.key)
  return packParts(rising, (writer, cell, before) => {
    const form = formOf(cell)
    writer.put((cell.key - (before?.key ?? 0)) * FORMS + form)
    if (form === ANY) {
      for (const value of [cell.flow, cell.ends, cell.flowMoney, cell.endsMoney]) writer.putAny(value)
      return
    }
    if (form >= SOME_NONE) writer.put(cell.flow)
    writer.put(cell.flowMoney)
  })
}

function formOf({ flow, ends, flowMoney, endsMoney }: PackedCell): number {
  const isNone = ends === 0 && endsMoney === 0
  const isAll = ends === flow && endsMoney === flowMoney
  if (!(isNone || isAll) || !isCount(flow) || !isCount(flowMoney)) return ANY
  if (flow === 1) return isNone ? ONE_NONE : ONE_ALL
  return isNone ? SOME_NONE : SOME_ALL
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

export function eachCell(
  packed: Uint8Array,
  visit: (pixel: number, key: number, flow: number, ends: number, flowMoney: number, endsMoney: number) => void,
  isMeant?: IsMeant,
): void {
  eachPart(packed, isMeant, (reader, end, pixel) => {
    for (let key = 0; reader.at < end; ) {
      const head = reader.next()
      const form = head % FORMS
      key += (head - form) / FORMS
      if (form === ANY) {
        const [flow, ends] = [reader.nextAny(), reader.nextAny()]
        visit(pixel, key, flow, ends, reader.nextAny(), reader.nextAny())
        continue
      }
      const flow = form >= SOME_NONE ? reader.next() : 1
      const money = reader.next()
      if (form === ONE_ALL || form === SOME_ALL) visit(pixel, key, flow, flow, money, money)
      else visit(pixel, key, flow, 0, money, 0)
    }
  })
}

export function packCounts(counts: readonly PackedCount[]): PackOfPixels[] {
  const rising = [...counts].sort((a, b) => a.pixel - b.pixel || a.bucket - b.bucket)
  return packParts(rising, (writer, { bucket, events }, before) => {
    const isOne = events === 1
    writer.put((bucket - (before?.bucket ?? 0)) * 2 + (isOne ? 0 : 1))
    if (!isOne) writer.put(events)
  })
}

export function eachCount(
  packed: Uint8Array,
  visit: (pixel: number, bucket: number, events: number) => void,
  isMeant?: IsMeant,
): void {
  eachPart(packed, isMeant, (reader, end, pixel) => {
    for (let bucket = 0; reader.at < end; ) {
      const head = reader.next()
      bucket += Math.floor(head / 2)
      visit(pixel, bucket, head % 2 === 0 ? 1 : reader.next())
    }
  })
}

function packParts<Each extends { readonly pixel: number }>(
  rising: readonly Each[],
  put: (writer: VarintWriter, each: Each, before: Each | undefined) => void,
): PackOfPixels[] {
  const packs: PackOfPixels[] = []
  const pack = new VarintWriter()
  const part = new VarintWriter()
  let [first, last] = [0, 0]
  const end = (): void => {
    if (pack.length > 0) packs.push({ first, last, cells: pack.bytes.slice() })
    pack.clear()
    last = 0
  }
  rising.forEach((each, at) => {
    const before = rising[at - 1]
    put(part, each, before?.pixel === each.pixel ? before : undefined)
    if (rising[at + 1]?.pixel === each.pixel) return
    if (pack.length + part.length > PACK_BYTES) end()
    if (pack.length === 0) first = each.pixel
    pack.put(each.pixel - last)
    pack.put(part.length)
    pack.append(part)
    part.clear()
    last = each.pixel
  })
  end()
  return packs
}

function eachPart(
  packed: Uint8Array,
  isMeant: IsMeant | undefined,
  read: (reader: VarintReader, end: number, pixel: number) => void,
): void {
  const reader = new VarintReader(packed)
  for (let pixel = 0; reader.at < reader.length; ) {
    pixel += reader.next()
    const length = reader.next()
    const end = reader.at + length
    if (isMeant === undefined || isMeant(pixel)) read(reader, end, pixel)
    reader.at = end
  }
}
