import type { Admitted } from '../access.ts'
import { type Answer, errorAnswer } from '../answer.ts'
import { type Caller, isJson } from '../caller.ts'
import { shownSession } from './cookie.ts'
import { isFromOwnPage } from './page-origin.ts'
import type { SessionBook } from './session-book.ts'
import type { Tries } from './tries.ts'

/** What log-ins are made of. */
export interface People {
  readonly sessions: SessionBook
  /** Of log-ins. */
  readonly tries: Tries
  /** Of tokens in headers: programs try more often, and without a person behind. */
  readonly bearerTries: Tries
  /** The https origin of the page, where a proxy shows it. */
  readonly publicUrl: string | undefined
  readonly now: () => number
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Who is logged in, or why a write of theirs is not taken; `undefined` for a request without a session that counts. */
export function admitPerson(caller: Caller, { sessions, publicUrl }: People): Admitted | Answer | undefined {
  const secret = shownSession(caller, publicUrl)
  const standing = secret === undefined ? undefined : sessions.find(secret)
  if (standing === undefined) return undefined
  if (!READS.has(caller.method ?? 'GET')) {
    // A browser sends the cookie with whatever page asks it to; these two say that it was ours.
    if (!isFromOwnPage(caller, publicUrl)) return WRONG_ORIGIN
    if (!isJson(caller)) return NOT_JSON
  }
  const { who, role, pixels, digest, expiresMs, link } = standing
  return { who, role, pixels, hasToken: true, session: { digest, expiresMs, isOfLink: link !== undefined } }
}

export const WRONG_ORIGIN: Answer = errorAnswer(
  403,
  'This comes from another page than the one of this relay. Behind a proxy, publicUrl has to be the address that the browser shows.',
  { code: 'wrong_origin' },
)
const NOT_JSON = errorAnswer(415, 'Content-Type must be application/json.', { code: 'unsupported_content_type' })
