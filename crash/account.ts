/** What must hold after the last life: every acknowledged event is accounted for, and nothing was doubled without a cause. */
import type { Emulator } from '@waybill/emulator'
import { BAD } from './load.ts'
import type { Carried, Recorder } from './recorder.ts'

/** Requests of a life that may be on their way, or answered and not yet settled, when it ends: one for each lane. */
const LANES = 4
const MAX_TRIES = 100

export interface Ledger {
  readonly emulator: Emulator
  readonly recorder: Recorder
  /** Ids of the events that intake took. */
  readonly acknowledged: ReadonlySet<string>
  /** Lives that ended by a kill. */
  readonly killed: ReadonlySet<number>
}

export interface Accounted {
  readonly stored: number
  /** Times that an event was stored again, and the requests with an unknown outcome that explain it, event by event. */
  readonly doubled: number
  readonly mayBeDoubled: number
  readonly problems: readonly string[]
}

/** Acknowledged events that are neither stored nor refused for good yet, as far as the API knows. */
export function missingOf({ emulator, acknowledged }: Pick<Ledger, 'emulator' | 'acknowledged'>): string[] {
  const stored = new Set(emulator.events().map(({ event }) => event.id))
  return [...acknowledged].filter((id) => !stored.has(id) && !BAD.test(id))
}

/** The account, as the API saw it and as the relay at `url` gives it. */
export async function account(url: string, ledger: Ledger): Promise<Accounted> {
  const { emulator, recorder } = ledger
  const stored = emulator.events()
  const allowed = allowedRepeats(ledger)
  const problems = [...promised(ledger), ...(await ofRelay(url, ledger, stored.length))]
  let doubled = 0
  for (const { event, received } of stored) {
    const surplus = received - 1 - (allowed.get(event.id) ?? 0)
    doubled += received - 1
    if (surplus > 0) problems.push(`${event.id} was stored ${surplus} times more than unknown outcomes explain`)
    if (BAD.test(event.id)) problems.push(`${event.id} was stored although the API refuses it`)
  }
  for (const id of recorder.altered) problems.push(`${id} left with other content than before`)
  return { stored: stored.length, doubled, mayBeDoubled: sum(allowed.values()), problems: problems.slice(0, 20) }
}

function promised(ledger: Ledger): string[] {
  const missing = missingOf(ledger)
  if (missing.length === 0) return []
  return [`${missing.length} acknowledged events were never stored, such as ${missing.slice(0, 3).join(', ')}`]
}

interface Status {
  readonly counts: Readonly<Record<string, number>>
}

/** What the relay says of all; again where the numbers were too slow to come. */
export async function statusOf(url: string): Promise<Status> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${url}/api/status`)
    if (answer.ok) return (await answer.json()) as Status
    if (answer.status !== 503 || tries === MAX_TRIES)
      throw new Error(`/api/status answered ${answer.status}: ${await answer.text()}`)
  }
}

async function ofRelay(url: string, { acknowledged }: Ledger, stored: number): Promise<string[]> {
  const problems: string[] = []
  const { counts } = await statusOf(url).catch((error: unknown) => {
    problems.push(String(error))
    return { counts: {} as Readonly<Record<string, number>> }
  })
  const expect = (name: string, wanted: number): void => {
    if (counts[name] !== wanted) problems.push(`${name}: ${counts[name]} instead of ${wanted}`)
  }
  expect('unaccounted', 0)
  expect('delivered', stored)
  expect('refused', (counts['accepted'] ?? 0) - stored)
  for (const id of [...acknowledged].filter((one) => BAD.test(one))) {
    const { accounts = [] } = (await (await fetch(`${url}/api/events/${id}`)).json()) as {
      accounts?: { state: string }[]
    }
    if (accounts.length !== 1 || accounts[0]?.state !== 'refused')
      problems.push(`${id} is not accounted for as refused`)
  }
  return problems
}

/** Event → how often it may have been stored without the relay knowing. */
function allowedRepeats({ recorder, killed }: Ledger): ReadonlyMap<string, number> {
  const allowed = new Map<string, number>()
  for (const request of unknownOutcomes(recorder.carried, killed))
    for (const id of request.ids) allowed.set(id, (allowed.get(id) ?? 0) + 1)
  return allowed
}

/** Connections that broke, 5xx, and what was under way when a life ended by a kill. */
function unknownOutcomes(carried: readonly Carried[], killed: ReadonlySet<number>): ReadonlySet<Carried> {
  const unknown = new Set(carried.filter(({ status }) => status === undefined || status >= 500))
  for (const life of killed)
    for (const last of carried.filter((one) => one.life === life).slice(-LANES)) unknown.add(last)
  return unknown
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
