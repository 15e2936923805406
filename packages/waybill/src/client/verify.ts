import { type Issue, issue } from '../contract/issue.ts'
import type { Contract, ContractSetting } from '../contract/names.ts'
import { judgeAnswer, type Verdict } from '../delivery/verdict.ts'
import { askContracts, sampleBody } from './account-contract.ts'
import { deliveryIssue, type Scrub } from './outcome.ts'
import type { Settings } from './settings.ts'
import type { Post } from './transport.ts'

/** What `verify` found out. Nothing was stored. */
export interface Verification {
  /** True when key and pixel are accepted and the account reads the contract this client is set to. */
  readonly ok: boolean
  /** Whether the API took the key. */
  readonly key: 'accepted' | 'rejected' | 'unknown'
  /** Whether the API knows the pixel for this key. */
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
  const plain = await ask(parts)
  if (plain.kind !== 'delivered') return unusable(plain, parts)
  const { runtime, contract, timeoutMs } = parts.settings
  const asked = await askContracts(patiently(parts), () => runtime.now(), { timeoutMs, signal: parts.signal })
  if (asked.unclear !== undefined) {
    const unclear = judgeAnswer(asked.unclear, 1, runtime.now())
    return { ...unusable(unclear, parts), key: 'accepted', pixel: 'accepted' }
  }
  const { contracts } = asked
  // Where the account does not tell, `auto` writes the seed's form, and nobody knows whether it matches.
  const readsOurs = contract === 'auto' ? contracts.length > 0 : contracts.includes(contract)
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

const LAST_FAILURE = 2
const PAUSE_MS = 1_000

async function ask(parts: Parts): Promise<Verdict> {
  const { runtime, timeoutMs } = parts.settings
  const body = sampleBody(runtime.now())
  const answer = await patiently(parts)(body, { timeoutMs, signal: parts.signal })
  const verdict = judgeAnswer(answer, 1, runtime.now())
  // What is only validated need not be counted.
  return verdict.kind === 'recount' ? { kind: 'delivered' } : verdict
}

/** Asks up to three times where the answer is one that may pass. */
function patiently({ settings, post, signal }: Parts): Post {
  const { runtime } = settings
  return async (body, options) => {
    for (let failures = 0; ; failures++) {
      const answer = await post(body, options)
      const isFinal = judgeAnswer(answer, 1, runtime.now()).kind !== 'retry'
      if (isFinal || failures >= LAST_FAILURE || signal.aborted) return answer
      await runtime.sleep(PAUSE_MS, signal)
    }
  }
}

function wrongContract(set: ContractSetting, found: readonly Contract[]): Issue {
  const message =
    found.length === 0
      ? 'The account seems to read the user keys of neither contract generation, so identity would not match.'
      : `The account reads the user keys of contract "${found.join('" and "')}", and this client is set to "${set}".`
  const hint = found.length === 0 ? 'Ask the vendor which keys the account reads.' : `Set contract to "${found[0]}".`
  return issue('identity_not_in_contract', 'user', { message, hint })
}
