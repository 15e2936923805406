import type { AdminToken, IntakeToken } from '../config/index.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { type Caller, isLocal, mayBeForm } from './caller.ts'
import type { TokenBook } from './token-book.ts'

/** `anyone`; `reader`: no secrets but not for everybody; `intake`: brings events; `admin`: sees and changes them. */
export type AccessKind = 'anyone' | 'reader' | 'intake' | 'admin'

/** Somebody who was let in: the name that accounts and actions carry, and the pixels events may be brought for. */
export interface Admitted {
  readonly who: string
  readonly hasToken: boolean
  readonly pixels: '*' | readonly string[]
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

const LOOPBACK: Admitted = { who: 'loopback', hasToken: false, pixels: '*' }
const ANYONE: Admitted = { who: 'anyone', hasToken: false, pixels: [] }

const ADMIT: Readonly<Record<AccessKind, (caller: Caller, tokens: Tokens) => Admitted | Answer>> = {
  anyone: () => ANYONE,
  reader: (caller, { intake }) => (!intake.isEmpty || isLocal(caller) ? ANYONE : NOT_LOCAL),
  intake(caller, { intake }) {
    if (intake.isEmpty) return byMachine(caller, NOT_LOCAL)
    const token = intake.find(authorizationOf(caller))
    return token === undefined ? UNAUTHORIZED : { who: token.name, hasToken: true, pixels: token.pixels }
  },
  admin(caller, { admin }) {
    // Without a token there is no /api for others, not even a refusal to try keys on.
    if (admin.isEmpty) return byMachine(caller, notFoundAnswer())
    const token = admin.find(authorizationOf(caller))
    return token === undefined ? UNAUTHORIZED : { who: token.name, hasToken: true, pixels: '*' }
  },
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
const UNAUTHORIZED: Answer = withChallenge(errorAnswer(401, 'Unauthorized'))

function withChallenge(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } }
}
