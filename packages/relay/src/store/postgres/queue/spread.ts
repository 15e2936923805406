import type { LeaseQuery } from '../../lease.ts'
import type { Candidate, Read, Reading } from './pick.ts'
import type { Place } from './places.ts'

/** From the middle between the first and the last on: by minutes, or by rows where all are of one minute. */
export async function between(
  read: Read,
  reading: Pick<Reading, 'limit' | 'perShape'>,
  shapes?: readonly number[],
): Promise<Candidate[]> {
  const part = shapes === undefined ? {} : { shapes }
  const [[first], [last]] = await Promise.all([read({ limit: 1 }, part), read({ limit: 1, isDescending: true }, part)])
  if (first === undefined || last === undefined) return []
  return read(reading, { ...part, from: middleOf(first, last) })
}

function middleOf(first: Candidate, last: Candidate): Place {
  const middle = (a: number, b: number): number => Math.ceil((a + b) / 2)
  if (first.minute === last.minute) return { minute: first.minute, row: middle(first.row, last.row) }
  return { minute: middle(first.minute, last.minute), row: 0 }
}

/** The rows of a lease in which some of a shape's share are its newest and those from its middle on, where it has more than its share. */
export async function spread(read: Read, { limit, perShape = limit, spread: far = 0 }: LeaseQuery): Promise<number[]> {
  const picked = await read({ limit, perShape })
  const result = [...picked]
  for (const [shape, share] of byShape(picked)) {
    if (share.length < perShape) continue
    const all = await read({ limit: share.length + 1 }, { shapes: [shape] })
    if (all.length <= share.length) continue
    const now = await spreadShare(read, shape, share, { perShape, far })
    for (const [at, one] of share.entries()) result[picked.indexOf(one)] = now[at]!
  }
  return result.map(({ row }) => row)
}

async function spreadShare(
  read: Read,
  shape: number,
  share: readonly Candidate[],
  { perShape, far }: { readonly perShape: number; readonly far: number },
): Promise<Candidate[]> {
  const kept = share.slice(0, perShape - far)
  const newest = await read({ limit: Math.ceil(far / 2), isDescending: true }, { shapes: [shape] })
  const middle = await between(read, { limit: far }, [shape])
  const others = unique([...newest, ...middle]).filter(({ row }) => !kept.some((one) => one.row === row))
  return unique([...kept, ...others.slice(0, far), ...share.slice(kept.length)]).slice(0, perShape)
}

function unique(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((one) => [one.row, one])).values()]
}

function byShape(candidates: readonly Candidate[]): Map<number, Candidate[]> {
  const shares = new Map<number, Candidate[]>()
  for (const one of candidates) shares.set(one.shape, [...(shares.get(one.shape) ?? []), one])
  return shares
}
