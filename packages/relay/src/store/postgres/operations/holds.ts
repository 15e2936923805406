import type { By, HeldPart, Hold } from '../../hold.ts'
import type { Holds } from '../../store.ts'
import type { Core } from '../core.ts'
import { NONE } from '../terms.ts'
import { toText } from '../text.ts'
import { addAction } from './actions.ts'
import { readHolds } from './counts.ts'

/** A row, not a sequence: nobody sees a version before the hold it stands for. */
const NEXT_VERSION = 'update waybill_store.hold_version set version = version + 1 returning version'
const PUT = `
  insert into waybill_store.hold (pixel, shape, code, message, at_ms, by, version) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (pixel, shape) do update set code = excluded.code, message = excluded.message, at_ms = excluded.at_ms,
    by = excluded.by, version = excluded.version`
const DROP = 'delete from waybill_store.hold where pixel = $1 and shape = $2 returning pixel'

export function holdCalls(core: Core): Holds {
  return {
    holdPixel: (pixel, hold) => putHold(core, pixel, undefined, hold),
    resumePixel: (pixel, by) => resume(core, pixel, undefined, by),
    holdShape: (pixel, shape, hold) => putHold(core, pixel, shape, hold),
    resumeShape: (pixel, shape, by) => resume(core, pixel, shape, by),
    holds: () => listHolds(core),
  }
}

async function putHold({ terms, database }: Core, pixel: string, shape: string | undefined, hold: Hold): Promise<void> {
  const { code, message, atMs, by } = hold
  await terms.keep(shape === undefined ? [pixel] : [pixel, shape])
  const of = [terms.number(pixel), shape === undefined ? NONE : terms.number(shape)]
  await database.transaction(async (session) => {
    const [next] = await session.query<{ version: number }>(NEXT_VERSION)
    await session.query(PUT, [...of, toText(code), toText(message), atMs, toText(by), next!.version])
    const verb = shape === undefined ? 'pixel:hold' : 'shape:hold'
    await addAction(session, { atMs, by, verb, about: { ...aboutOf(pixel, shape), code, message } })
  })
}

async function resume(
  { terms, database }: Core,
  pixel: string,
  shape: string | undefined,
  { by, nowMs }: By,
): Promise<boolean> {
  await terms.find(shape === undefined ? [pixel] : [pixel, shape])
  const of = [terms.found(pixel), shape === undefined ? NONE : terms.found(shape)]
  return database.transaction(async (session) => {
    if ((await session.query(DROP, of)).length === 0) return false
    await session.query(NEXT_VERSION)
    const verb = shape === undefined ? 'pixel:resume' : 'shape:resume'
    await addAction(session, { atMs: nowMs, by, verb, about: aboutOf(pixel, shape) })
    return true
  })
}

function aboutOf(pixel: string, shape: string | undefined): Record<string, string> {
  return shape === undefined ? { pixel } : { pixel, shape }
}

async function listHolds(core: Core): Promise<HeldPart[]> {
  const held = await readHolds(core.database)
  await core.terms.load(held.flatMap(({ pixel, shape }) => [pixel, shape]))
  return held.map(({ pixel, shape, hold }) => ({
    ...hold,
    pixel: core.terms.text(pixel),
    shape: shape === NONE ? undefined : core.terms.text(shape),
  }))
}
