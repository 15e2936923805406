import type { OutboxConfig } from '../config/index.ts'
import type { OutboxStanding } from '../outbox/index.ts'
import { type Finding, secondsText } from './finding.ts'
import { codeOf, within } from './within.ts'

/** What could be seen of a shop's outbox, or why nothing. */
export interface OutboxFacts {
  readonly name: string
  readonly standing: OutboxStanding | undefined
  /** The newest version of its SQL that this program has. */
  readonly newest: number
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

const ALARM_AFTER_MS = 60_000

/** Looks into a shop's database; takes nothing. */
export async function lookAtOutbox({ name, url }: OutboxConfig, timeoutMs: number): Promise<OutboxFacts> {
  const { connectOutbox, readOutboxMigrations } = await import('../outbox/index.ts')
  const newest = readOutboxMigrations().at(-1)?.version ?? 0
  try {
    const database = await within(timeoutMs, connectOutbox(url))
    try {
      return { name, newest, standing: await within(timeoutMs, database.standing()), failure: undefined }
    } finally {
      database.drop()
    }
  } catch (error) {
    return { name, newest, standing: undefined, failure: { code: codeOf(error), message: (error as Error).message } }
  }
}

/** SQLSTATE or name of the failure → what to do. */
const NEXT: Readonly<Record<string, string>> = {
  '3F000': 'Run the SQL of waybill outbox sql in this database.',
  '42883': 'Run the SQL of waybill outbox sql in this database.',
  '42P01': 'Run the SQL of waybill outbox sql in this database.',
  '42501': "Grant it what the relay needs: grant waybill_relay to <the role of the outbox's url>.",
  '28P01': 'Give the outbox the right password.',
  '28000': 'Give the outbox a role that may log in.',
  '3D000': 'Name the database that the shop writes its orders to.',
}

/** Version, how many wait, and the oldest. */
export function judgeOutbox({ name, standing, newest, failure }: OutboxFacts): Finding {
  const check = 'outbox'
  if (standing === undefined) {
    const { code = 'unknown', message = '' } = failure ?? {}
    const next = NEXT[code] ?? 'Check the address, the network and the roles of this database.'
    return { check, about: name, level: 'wrong', message: `cannot be read (${code}): ${message}`, next }
  }
  const { version, waiting, isMore, oldest } = standing
  const wait = oldest === undefined ? '' : `, the oldest for ${secondsText(oldest.ageMs)}`
  const message = `version ${version}, ${isMore ? 'more than ' : ''}${waiting.toLocaleString('en-US')} wait${wait}`
  if (version < newest) {
    const next = `Run the SQL of waybill outbox sql --from ${version}.`
    return { check, about: name, level: 'warning', message: `${message}; this program has version ${newest}`, next }
  }
  if (oldest === undefined || oldest.ageMs <= ALARM_AFTER_MS) return { check, about: name, level: 'ok', message }
  return {
    check,
    about: name,
    level: 'warning',
    message,
    next: 'Look whether a relay with this outbox runs: waybill status.',
  }
}
