import type { WireEvent } from '../contract/event.ts'
import { writtenFor } from '../contract/generation.ts'
import { CONTRACTS, type Contract, type ContractSetting } from '../contract/names.ts'
import { type Answer, judgeAnswer } from '../delivery/verdict.ts'
import { sha256Hex } from '../identity/sha256.ts'
import type { Post, PostOptions } from './transport.ts'

/** The generations whose `user` keys an account reads, or the answer that said nothing of them. */
export type AskedContracts =
  | { readonly contracts: readonly Contract[]; readonly unclear?: undefined }
  | { readonly contracts?: undefined; readonly unclear: Answer }

/** What is known of the form of `user` that an account reads, and the way to the API that writes it so. */
export interface AccountContract {
  /** What events are to be judged by: `auto` while nothing is known, and where the account reads both forms. */
  readonly form: ContractSetting
  /** The generations that the API said it reads; `undefined` until it was asked. */
  readonly reads: readonly Contract[] | undefined
  /** Asks, where nothing is known yet. */
  learn(options: PostOptions): Promise<void>
  /** Sends a body, its users written as the account reads them; asks first, and again when the API begins to refuse the keys. */
  readonly post: Post
}

export interface AccountContractOptions {
  /** Sends one request body to the API. */
  readonly post: Post
  /** Unix milliseconds. */
  readonly now: () => number
  /** What was found out earlier. */
  readonly known?: readonly Contract[] | undefined
  /** Told once which generations the account reads. */
  readonly onLearned?: (contracts: readonly Contract[]) => void
}

/** Keys that only one generation has. */
const ONLY_IN: Readonly<Record<Contract, RegExp>> = {
  '2026-06': /"(?:email_sha256|external_id_sha256|country|city|zip_code)"\s*:/,
  '2026-11':
    /"(?:emails_sha256|external_ids_sha256|phone_numbers_sha256|first_names_sha256|last_names_sha256|countries|cities|regions|postal_codes|android_advertising_id)"\s*:/,
}
const OTHER: Readonly<Record<Contract, Contract>> = { '2026-06': '2026-11', '2026-11': '2026-06' }
/** An event that is refused for another reason must not have the account asked for each attempt. */
const ASK_AGAIN_MS = 60_000

/** For `contract: 'auto'`: asks an account which form of `user` it reads, and remembers. */
export function createAccountContract({ post, now, known, onLearned }: AccountContractOptions): AccountContract {
  let reads = known
  let askedAtMs = Number.NEGATIVE_INFINITY
  let asking: Promise<Answer | undefined> | undefined

  async function ask(options: PostOptions): Promise<Answer | undefined> {
    const asked = await askContracts(post, now, options)
    if (asked.unclear !== undefined) return asked.unclear
    askedAtMs = now()
    reads = asked.contracts
    onLearned?.(reads)
    return undefined
  }
  const askOnce = (options: PostOptions): Promise<Answer | undefined> => {
    asking ??= ask(options).finally(() => {
      asking = undefined
    })
    return asking
  }
  const form = (): ContractSetting => (reads === undefined ? 'auto' : formOf(reads))

  return {
    get form() {
      return form()
    },
    get reads() {
      return reads
    },
    async learn(options) {
      if (reads === undefined) await askOnce(options)
    },
    async post(given, options) {
      const body = typeof given === 'string' ? given : new TextDecoder().decode(given)
      if (!ONLY_IN['2026-06'].test(body) && !ONLY_IN['2026-11'].test(body)) return post(body, options)
      const unclear = reads === undefined ? await askOnce(options) : undefined
      // Whoever cannot be asked cannot be sent to: the answer is that of the request that was to follow. One that refuses everything has told
      // nothing of the account, and is told all there is.
      if (unclear !== undefined && !isRefused(unclear, now())) return unclear
      const before = form()
      const answer = await post(written(body, before), options)
      if (!refusesKeys(answer) || Math.abs(now() - askedAtMs) < ASK_AGAIN_MS) return answer
      await askOnce(options)
      return form() === before ? answer : post(written(body, form()), options)
    },
  }
}

/** Where the API does not tell, it is the seed's form; where it takes both, events go as they came. */
function formOf(reads: readonly Contract[]): ContractSetting {
  if (reads.length === CONTRACTS.length) return 'auto'
  return reads[0] ?? '2026-06'
}

/** The body with each user as the form has it; the same text where nothing in it is otherwise. */
function written(body: string, form: ContractSetting): string {
  if (form === 'auto' || !ONLY_IN[OTHER[form]].test(body)) return body
  const { events, ...rest } = JSON.parse(body) as { events: readonly WireEvent[] }
  return JSON.stringify({ ...rest, events: events.map((event) => writtenFor(event, form)) })
}

function refusesKeys(answer: Answer): boolean {
  if (answer.kind !== 'response' || (answer.status !== 400 && answer.status !== 422)) return false
  return /\buser\b/.test(answer.body ?? '')
}

const HASH = sha256Hex('verification@waybill.invalid')
/** An account reads a generation when it takes the well-formed value of it and refuses the malformed one. */
const SAMPLES: Readonly<Record<Contract, readonly [good: object, bad: object]>> = {
  '2026-06': [{ email_sha256: HASH }, { email_sha256: 'not-a-hash' }],
  // A malformed value inside a list is skipped, not refused; a list that is none cannot be skipped.
  '2026-11': [{ emails_sha256: [HASH] }, { emails_sha256: 'not-a-list' }],
}

/** Well-formed ones first and last: of most accounts these pass, and what is refused between them is refused by an API that judges. */
const QUESTIONS: readonly object[] = [...SAMPLES['2026-06'], ...SAMPLES['2026-11'].slice().reverse()]

/** Its answers said one thing and then another: nothing is known of the account. */
const CONTRADICTED: Answer = { kind: 'failure', reason: 'unasked' }

/**
 * Asks with made-up events that the API validates and does not store. What all later events are written by does not hang on one answer: what was
 * refused is asked again, and where a refusal has no pass on both sides, as from an API that refuses everything just now, the plainest event has to
 * pass in between.
 */
export async function askContracts(post: Post, now: () => number, options: PostOptions): Promise<AskedContracts> {
  const ask = (user?: object): Promise<Answer> => post(sampleBody(now(), user), options)
  const refused = new Set<object>()
  for (const user of QUESTIONS) {
    const answer = await ask(user)
    if (isRefused(answer, now())) refused.add(user)
    else if (!isTaken(answer, now())) return { unclear: answer }
  }
  const mayBeAll = refused.has(QUESTIONS[0]!) || refused.has(QUESTIONS.at(-1)!)
  for (const user of mayBeAll ? [undefined, ...refused] : refused) {
    const answer = await ask(user)
    const isAsBefore = user === undefined ? isTaken(answer, now()) : isRefused(answer, now())
    if (!isAsBefore) return { unclear: isTaken(answer, now()) ? CONTRADICTED : answer }
  }
  // One that ignores the key takes both; one whose shape is closed refuses both.
  const reads = CONTRACTS.filter((contract) => {
    const [good, bad] = SAMPLES[contract]
    return !refused.has(good) && refused.has(bad)
  })
  return { contracts: reads }
}

function isRefused(answer: Answer, nowMs: number): boolean {
  return judgeAnswer(answer, 1, nowMs).kind === 'refused'
}

/** What is only validated need not be counted. */
function isTaken(answer: Answer, nowMs: number): boolean {
  const { kind } = judgeAnswer(answer, 1, nowMs)
  return kind === 'delivered' || kind === 'recount'
}

/** A request with one made-up event, valid but for what `user` may hold. */
export function sampleBody(nowMs: number, user?: object): string {
  const event = {
    id: `waybill_verify_${nowMs}`,
    type: 'lead_created',
    timestamp_ms: nowMs,
    action_source: 'other',
    ...(user && { user }),
    data: { type: 'customer_action' },
  }
  return JSON.stringify({ validate_only: true, events: [event] })
}
