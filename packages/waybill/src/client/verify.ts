import { type Issue, issue } from '../contract/issue.ts'
import { CONTRACTS, type Contract } from '../contract/names.ts'
import { judgeAnswer, type Verdict } from '../delivery/verdict.ts'
import { sha256Hex } from '../identity/sha256.ts'
import { deliveryIssue, type Scrub } from './outcome.ts'
import type { Settings } from './settings.ts'
import type { Post } from './transport.ts'

/** What `verify` found out. Nothing was stored. */
export interface Verification {
  /** True when key and pixel are accepted and the account reads the contract this client is set to. */
  readonly ok: boolean
  readonly key: 'accepted' | 'rejected' | 'unknown'
  readonly pixel: 'accepted' | 'rejected' | 'unknown'
  /** The generations whose `user` keys the account reads. */
  readonly contracts: readonly Contract[]
  /** What is wrong, in words for people, each with what to do. */
  readonly issues: readonly Issue[]
}

interface Parts {
  readonly settings: Settings
  readonly post: Post
  readonly scrub: Scrub
  readonly signal: AbortSignal
}

type Held = Extract<Verdict, { kind: 'hold' }>

/** Which of key and pixel an answer puts in doubt. */
const BLAMED: Readonly<Partial<Record<Held['code'], Partial<Pick<Verification, 'key' | 'pixel'>>>>> = {
  unauthorized: { key: 'rejected' },
  wrong_key_family: { key: 'rejected' },
  unknown_pixel: { key: 'accepted', pixel: 'rejected' },
}

/** Sends a few made-up events with `validate_only` and draws the conclusions. */
export async function verifyAccount(parts: Parts): Promise<Verification> {
  const plain = await ask(undefined, parts)
  if (plain.kind !== 'delivered') return unusable(plain, parts)
  const contracts: Contract[] = []
  for (const contract of CONTRACTS) {
    const { good, bad } = SAMPLES[contract]
    const [forGood, forBad] = [await ask(good, parts), await ask(bad, parts)]
    const unclear = [forGood, forBad].find(({ kind }) => kind !== 'delivered' && kind !== 'refused')
    if (unclear !== undefined) return { ...unusable(unclear, parts), key: 'accepted', pixel: 'accepted' }
    // One that ignores the key takes both; one whose shape is closed refuses both.
    if (forGood.kind === 'delivered' && forBad.kind === 'refused') contracts.push(contract)
  }
  const { contract } = parts.settings
  const readsOurs = contracts.includes(contract)
  const issues = readsOurs ? [] : [wrongContract(contract, contracts)]
  return { ok: readsOurs, key: 'accepted', pixel: 'accepted', contracts, issues }
}

function unusable(verdict: Verdict, { scrub, signal }: Parts): Verification {
  const unknown = { ok: false, key: 'unknown', pixel: 'unknown', contracts: [] } as const
  if (verdict.kind === 'hold') {
    return { ...unknown, ...BLAMED[verdict.code], issues: [deliveryIssue(verdict.code, scrub(verdict.message))] }
  }
  if (signal.aborted) return { ...unknown, issues: [deliveryIssue('aborted')] }
  if (verdict.kind === 'retry') return { ...unknown, issues: [deliveryIssue('gave_up', verdict.why)] }
  const said = verdict.kind === 'refused' ? scrub(verdict.reason.message) : undefined
  const message = `The API took key and pixel, but refused the most ordinary event${said ? ` (${said})` : ''}.`
  return { ...unknown, key: 'accepted', pixel: 'accepted', issues: [issue('unexplained_rejection', '', { message })] }
}

const HASH = sha256Hex('verification@waybill.invalid')
/** An account reads a generation when it takes the well-formed value of it and refuses the malformed one. */
const SAMPLES: Readonly<Record<Contract, { good: object; bad: object }>> = {
  '2026-06': { good: { email_sha256: HASH }, bad: { email_sha256: 'not-a-hash' } },
  // A malformed value inside a list is skipped, not refused; a list that is none cannot be skipped.
  '2026-11': { good: { emails_sha256: [HASH] }, bad: { emails_sha256: 'not-a-list' } },
}

const LAST_FAILURE = 2
const PAUSE_MS = 1_000

async function ask(user: object | undefined, { settings, post, signal }: Parts): Promise<Verdict> {
  const { runtime, timeoutMs } = settings
  const event = {
    id: `waybill_verify_${runtime.now()}`,
    type: 'lead_created',
    timestamp_ms: runtime.now(),
    action_source: 'other',
    ...(user && { user }),
    data: { type: 'customer_action' },
  }
  const body = JSON.stringify({ validate_only: true, events: [event] })
  for (let failures = 0; ; failures++) {
    const verdict = judgeAnswer(await post(body, { timeoutMs, signal }), 1, runtime.now())
    // What is only validated need not be counted.
    if (verdict.kind === 'recount') return { kind: 'delivered' }
    if (verdict.kind !== 'retry' || failures >= LAST_FAILURE || signal.aborted) return verdict
    await runtime.sleep(PAUSE_MS, signal)
  }
}

function wrongContract(set: Contract, found: readonly Contract[]): Issue {
  const message =
    found.length === 0
      ? 'The account seems to read the user keys of neither contract generation, so identity would not match.'
      : `The account reads the user keys of contract "${found.join('" and "')}", and this client is set to "${set}".`
  const hint = found.length === 0 ? 'Ask the vendor which keys the account reads.' : `Set contract to "${found[0]}".`
  return issue('identity_not_in_contract', 'user', { message, hint })
}
