import type { AdminToken, IntakeToken } from '../config/index.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { type Caller, isLocal, mayBeForm } from './caller.ts'
import type { TokenBook } from './token-book.ts'

/**
 * `anyone`; `reader`: no secrets but not for everybody; `intake`: brings events; `tracking`: brings tracking calls, whose token may stand in
 * the body; `admin`: sees and changes events.
 */
export type AccessKind = 'anyone' | 'reader' | 'intake' | 'tracking' | 'admin'

/** Somebody who was let in: the name that accounts and actions carry, and the pixels events may be brought for. */
export interface Admitted {
  readonly who: string
  readonly hasToken: boolean
  readonly pixels: '*' | readonly string[]
  /** Set while the token is yet to be found in the body. */
  readonly isPending?: true
  /** Origins of the pages whose token it is: everybody can read it there. */
  readonly browserOrigins?: readonly string[]
}

export interface Tokens {
  readonly intake: TokenBook<IntakeToken>
  readonly admin: TokenBook<AdminToken>
}

/** Lets a caller in, or says why not. */
export function admit(kind: AccessKind, caller: Caller, tokens: Tokens): Admitted | Answer {
  return ADMIT[kind](caller, tokens)
}

export function isAdmitted(value: Admitted | Answer): value is Admitted {
  return 'who' in value
}

/** May events of this pixel, or what is known of its visitors, be brought by this caller? */
export function mayBring({ pixels }: Pick<Admitted, 'pixels'>, pixel: string): boolean {
  return pixels === '*' || pixels.includes(pixel)
}

const LOOPBACK: Admitted = { who: 'loopback', hasToken: false, pixels: '*' }
const ANYONE: Admitted = { who: 'anyone', hasToken: false, pixels: [] }
const PENDING: Admitted = { ...ANYONE, isPending: true }

const ADMIT: Readonly<Record<AccessKind, (caller: Caller, tokens: Tokens) => Admitted | Answer>> = {
  anyone: () => ANYONE,
  reader: (caller, { intake }) => (!intake.isEmpty || isLocal(caller) ? ANYONE : NOT_LOCAL),
  intake(caller, { intake }) {
    if (intake.isEmpty) return byMachine(caller, NOT_LOCAL)
    const token = intake.find(authorizationOf(caller))
    if (token === undefined) return UNAUTHORIZED
    return (token.browserOrigins ?? []).length > 0 ? OF_PAGES : admittedBy(token)
  },
  tracking(caller, { intake }) {
    if (intake.isEmpty) return byMachine(caller, NOT_LOCAL)
    const authorization = authorizationOf(caller)
    if (authorization === undefined) return PENDING
    const token = intake.find(authorization)
    return token === undefined ? UNAUTHORIZED : admittedBy(token)
  },
  admin(caller, { admin }) {
    // Without a token there is no /api for others, not even a refusal to try keys on.
    if (admin.isEmpty) return byMachine(caller, notFoundAnswer())
    const token = admin.find(authorizationOf(caller))
    return token === undefined ? UNAUTHORIZED : { who: token.name, hasToken: true, pixels: '*' }
  },
}

/** Lets in whoever shows a token in the body of a tracking call. */
export function admitKey(key: string | undefined, { intake }: Tokens): Admitted | Answer {
  const token = key === undefined ? undefined : intake.findToken(key)
  return token === undefined ? UNAUTHORIZED : admittedBy(token)
}

function admittedBy({ name, pixels, browserOrigins = [] }: Omit<IntakeToken, 'token'>): Admitted {
  return { who: name, hasToken: true, pixels, browserOrigins }
}

/** A program on this machine, or why not. */
function byMachine(caller: Caller, otherwise: Answer): Admitted | Answer {
  if (!isLocal(caller)) return otherwise
  return mayBeForm(caller) ? NOT_JSON : LOOPBACK
}

function authorizationOf({ headers }: Caller): string | undefined {
  const value = headers['authorization']
  return typeof value === 'string' ? value : undefined
}

export function notFoundAnswer(): Answer {
  return errorAnswer(404, 'Not found', { code: 'not_found' })
}

const NOT_LOCAL = errorAnswer(403, 'Without an intake token only this machine is served: set WAYBILL_INTAKE_TOKEN.', {
  code: 'not_local',
})
const NOT_JSON = errorAnswer(
  415,
  'Without a token Content-Type must be application/json: any page of the web can send other types to this machine.',
  { code: 'unsupported_content_type' },
)
const OF_PAGES = errorAnswer(
  403,
  'This token stands in pages, where everybody can read it: it is for tracking calls alone. Give this caller a token of its own.',
  { code: 'token_of_pages' },
)
const UNAUTHORIZED: Answer = { ...withChallenge(errorAnswer(401, 'Unauthorized')), reason: 'unauthorized' }

function withChallenge(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } }
}
