/** What must hold after a life of several relays (`README.md` of `simulation` lists it). */
import type { EventSummary } from '@waybill/relay/store'
import type { Problem } from '../problem.ts'
import { SECOND_MS } from '../units.ts'
import type { Request } from './witness.ts'
import type { SeveralLife } from './world.ts'

const ENDS: ReadonlySet<string> = new Set(['delivered', 'refused', 'expired'])

export async function judgeSeveral(life: SeveralLife): Promise<Problem[]> {
  const { witness, store, plan, acknowledged, api, data } = life
  const tell = (alarm: Problem['alarm'], about: string): void => void witness.problems.push({ alarm, about })
  const accounts = new Map<string, EventSummary[]>()
  const { items } = await store.search({ limit: 10_000 })
  for (const item of items) accounts.set(item.id ?? '', [...(accounts.get(item.id ?? '') ?? []), item])
  const uncertain = uncertainOf(life)
  for (const id of plan.events.keys()) {
    const [account, ...others] = accounts.get(id) ?? []
    if (!acknowledged.has(id)) tell('lost', `${id} was never taken`)
    else if (account === undefined || others.length > 0)
      tell('lost', `${id} has ${account === undefined ? 'no account' : 'two accounts'}`)
    else judgeOne(account, { life, tell })
    const times = api.stored.get(id) ?? 0
    const surplus = times - 1 - (uncertain.get(id) ?? 0)
    if (surplus > 0) tell('storedTwice', `${id} was stored ${surplus} times more than what nobody could know explains`)
  }
  const ends = new Map<string, number>()
  for (const { kind, code } of data.happenings) if (kind === 'delivered') ends.set(code, (ends.get(code) ?? 0) + 1)
  const delivered = [...ends.values()].reduce((sum, count) => sum + count, 0)
  const called = items.filter(({ state }) => state === 'delivered').length
  if (delivered !== called) tell('stale', `${delivered} deliveries of ${called} events were counted`)
  return witness.problems
}

interface Judging {
  readonly life: SeveralLife
  readonly tell: (alarm: Problem['alarm'], about: string) => void
}

function judgeOne({ id = '', state, code }: EventSummary, { life: { plan, api, time }, tell }: Judging): void {
  const isBad = plan.bad.has(id)
  if (!ENDS.has(state)) tell(isBad ? 'badWaits' : 'late', `${id} is ${state} (${code}) at ${time.elapsedMs} ms`)
  if (state === 'expired') tell('expired', `${id} expired (${code}) and is young`)
  if (state === 'refused' && !isBad) tell('goodRefused', `${id} was refused (${code}) and is good`)
  if (state === 'delivered' && !api.stored.has(id)) tell('notStored', `${id} is called delivered and was never stored`)
  if (state === 'refused' && api.stored.has(id)) tell('notStored', `${id} is called refused and was stored`)
}

/** How often nobody could know what became of an event: by the answer, or by what befell its relay meanwhile. */
function uncertainOf({ witness, time }: SeveralLife): ReadonlyMap<string, number> {
  const uncertain = new Map<string, number>()
  for (const request of witness.requests) {
    if (!request.isReal || !isUncertain(request, time.elapsedMs)) continue
    for (const id of request.ids) uncertain.set(id, (uncertain.get(id) ?? 0) + 1)
  }
  return uncertain

  function isUncertain({ isAmbiguous, signal, being, beganMs, endedMs }: Request, nowMs: number): boolean {
    const toMs = (endedMs ?? nowMs) + SECOND_MS
    return isAmbiguous || signal?.aborted === true || witness.incidents.befell(being.relay, beganMs, toMs)
  }
}
