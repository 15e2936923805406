import type { AdminToken, IntakeToken } from '../config/index.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { type Caller, isLocal } from './caller.ts'
import type { TokenBook } from './token-book.ts'

/** `anyone`; `reader`: no secrets but not for everybody; `intake`: brings events; `admin`: sees and changes them. */
export type AccessKind = 'anyone' | 'reader' | 'intake' | 'admin'

/** Somebody who was let in: the name that accounts and actions carry, and the pixels events may be brought for. */
export interface Admitted {
  readonly who: string
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

const LOOPBACK: Admitted = { who: 'loopback', pixels: '*' }
const ANYONE: Admitted = { who: 'anyone', pixels: [] }

const ADMIT: Readonly<Record<AccessKind, (caller: Caller, tokens: Tokens) => Admitted | Answer>> = {
  anyone: () => ANYONE,
  reader: (caller, { intake }) => (!intake.isEmpty || isLocal(caller) ? ANYONE : NOT_LOCAL),
  intake(caller, { intake }) {
    if (intake.isEmpty) return isLocal(caller) ? LOOPBACK : NOT_LOCAL
    const token = intake.find(authorizationOf(caller))
    return token === undefined ? UNAUTHORIZED : { who: token.name, pixels: token.pixels }
  },
  admin(caller, { admin }) {
    // Without a token there is no /api for others, not even a refusal to try keys on.
    if (admin.isEmpty) return isLocal(caller) ? LOOPBACK : notFoundAnswer()
    const token = admin.find(authorizationOf(caller))
    return token === undefined ? UNAUTHORIZED : { who: token.name, pixels: '*' }
  },
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
const UNAUTHORIZED: Answer = withChallenge(errorAnswer(401, 'Unauthorized'))

function withChallenge(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } }
}
