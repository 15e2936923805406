import { type ContractSetting, createClient, type Verification } from 'waybill'
import type { PixelConfig } from '../engine/index.ts'
import type { Asking } from './api.ts'
import type { Finding, Level } from './finding.ts'
import { codeOf } from './within.ts'

/** What the API says of a pixel and its key, asked with made-up events that it validates and does not store. */
export interface AccountFacts {
  readonly pixel: string
  readonly configured: ContractSetting
  readonly verification: Verification
  /** Of the last answer; `undefined` where there was none. */
  readonly status: number | undefined
  /** Why the last request had no answer. */
  readonly failure: string | undefined
  /** Where a redirect leads, without its path, which may hold anything. */
  readonly redirect: string | undefined
}

/** One line on key and pixel, and where these are good one on the contract. */
export function judgeAccount(facts: AccountFacts): Finding[] {
  const { pixel, verification } = facts
  const { key, pixel: known, issues } = verification
  const [first] = issues
  const isTaken = key === 'accepted' && known === 'accepted' && first?.code !== 'unexplained_rejection'
  if (!isTaken) return [finding('key', pixel, judgeKey(facts))]
  const taken = finding('key', pixel, ['ok', 'the API takes key and pixel', undefined])
  return [taken, finding('contract', pixel, judgeContract(facts))]
}

type Judged = readonly [level: Level, message: string, next: string | undefined]

function finding(check: 'key' | 'contract', about: string, [level, message, next]: Judged): Finding {
  return { check, about, level, message, next }
}

function judgeKey(facts: AccountFacts): Judged {
  const { verification, status, redirect } = facts
  const [issue] = verification.issues
  if (issue === undefined || issue.code === 'aborted') return INTERRUPTED
  if (issue.code === 'gave_up') return judgeNoAnswer(facts)
  const to = redirect === undefined ? '' : ` It leads to ${redirect}.`
  return ['wrong', `${issue.message} [${status ?? 'no status'}]${to}`, issue.hint]
}

const INTERRUPTED: Judged = ['skipped', 'not asked: interrupted', undefined]

/** Three times in a row there was no answer that says anything of the account. */
function judgeNoAnswer({ status, failure }: AccountFacts): Judged {
  if (failure !== undefined) {
    return ['wrong', `no answer to a request (${failure})`, 'Look for a firewall or proxy that breaks connections.']
  }
  if (status === 429) {
    const message = 'the API limits requests just now [429], so that this could not be found out'
    return ['warning', message, 'Run waybill doctor again in a minute. The relay itself waits.']
  }
  if (status === 200) {
    const message = 'something answers 200, but not as the API does'
    return ['wrong', message, 'Check the endpoint, and whether a proxy or a login page answers in its place.']
  }
  const message = `the API has a fault of its own [${status ?? 'no status'}], so that this could not be found out`
  return ['wrong', message, 'Run waybill doctor again later. The relay keeps events and goes on trying.']
}

function judgeContract(facts: AccountFacts): Judged {
  const { configured, verification } = facts
  const { contracts, issues } = verification
  if (issues[0]?.code === 'aborted') return INTERRUPTED
  if (issues[0]?.code === 'gave_up') return judgeNoAnswer(facts)
  const [first] = contracts
  if (first === undefined) {
    const sent = configured === 'auto' ? '"auto" sends those of 2026-06' : `${configured} is configured`
    const message = `the account seems to read the user keys of no generation that is known; ${sent}`
    return ['warning', message, 'Ask the vendor which user keys the account reads.']
  }
  if (configured === 'auto')
    return ['ok', `the account reads ${contracts.join(' and ')}; "auto" sends it so`, undefined]
  const message = `the account reads ${contracts.join(' and ')}; ${configured} is configured`
  if (contracts.includes(configured)) return ['ok', message, undefined]
  const next = `Set "contract": "${first}" for this pixel in waybill.config.json, or WAYBILL_CONTRACT=${first} for all.`
  return ['wrong', message, next]
}

/** Asks with a clock that goes by the API's, so that the made-up events are valid there whatever this machine's says. */
export async function askAccount(pixel: PixelConfig, skewMs: number, asking: Asking): Promise<AccountFacts> {
  const { pixelId, contract } = pixel
  let last: Pick<AccountFacts, 'status' | 'failure' | 'redirect'> = NOTHING_YET
  const client = createClient({
    pixelId,
    apiKey: pixel.apiKey,
    endpoint: pixel.endpoint,
    allowHttp: pixel.allowHttp,
    contract,
    timeoutMs: Math.min(pixel.timeoutMs, asking.timeoutMs),
    runtime: { ...asking.runtime, now: () => asking.runtime.now() + skewMs },
    async fetch(input, init) {
      try {
        const response = await asking.fetch(input, init)
        last = { status: response.status, failure: undefined, redirect: originOf(response.headers.get('location')) }
        return response
      } catch (error) {
        last = { ...NOTHING_YET, failure: init?.signal?.aborted === true ? 'ETIMEDOUT' : codeOf(error) }
        throw error
      }
    },
  })
  const verification = await client.verify({ signal: asking.signal })
  return { pixel: pixelId, configured: contract, verification, ...last }
}

const NOTHING_YET = { status: undefined, failure: undefined, redirect: undefined } as const

function originOf(location: string | null): string | undefined {
  return location !== null && URL.canParse(location) ? new URL(location).origin : undefined
}
