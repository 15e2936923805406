import type { AdminRole, AdminToken, IntakeToken } from '../config/index.ts'
import { type Answer, errorAnswer } from './answer.ts'
import { type Caller, isFromHere, isLocal, mayBeForm } from './caller.ts'
import { admitPerson, type People, type Tries, tooManyTries } from './session/index.ts'
import type { TokenBook } from './token-book.ts'

/**
 * `anyone`; `reader`: no secrets but not for everybody; `intake`: brings events; `tracking`: brings tracking calls, whose token may stand in
 * the body; `page`: the files of the page, which know nothing; `viewer`: sees events; `admin`: changes them too.
 */
export type AccessKind = 'anyone' | 'reader' | 'intake' | 'tracking' | 'page' | 'viewer' | 'admin'

/** Somebody who was let in: the name that accounts and actions carry, and the pixels events may be brought for. */
export interface Admitted {
  readonly who: string
  readonly hasToken: boolean
  readonly pixels: '*' | readonly string[]
  /** Set while the token is yet to be found in the body. */
  readonly isPending?: true
  /** Origins of the pages whose token it is: everybody can read it there. */
  readonly browserOrigins?: readonly string[]
  /** Of whoever may use `/api`. */
  readonly role?: AdminRole
  /** Of whoever is logged in: how, until when, and the digest of the session. */
  readonly session?: { readonly digest: string; readonly expiresMs: number; readonly isOfLink: boolean }
}

export interface Tokens {
  readonly intake: TokenBook<IntakeToken>
  readonly admin: TokenBook<AdminToken>
  /** What people need who come with a browser. Default: nobody can log in. */
  readonly people?: People | undefined
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

const LOOPBACK: Admitted = { who: 'loopback', hasToken: false, pixels: '*', role: 'operator' }
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
  page: (caller, { admin }) => (!admin.isEmpty || isFromHere(caller) ? ANYONE : notFoundAnswer()),
  viewer: (caller, tokens) => admitViewer(caller, tokens),
  admin(caller, tokens) {
    const admitted = admitViewer(caller, tokens)
    return isAdmitted(admitted) && admitted.role === 'reader' ? READ_ONLY : admitted
  },
}

function admitViewer(caller: Caller, { admin, people }: Tokens): Admitted | Answer {
  const person = people && admitPerson(caller, people)
  if (person !== undefined) return person
  // Without a token there is no /api for others, not even a refusal to try keys on.
  if (admin.isEmpty) return byMachine(caller, notFoundAnswer())
  const shown = authorizationOf(caller)
  return shown === undefined ? UNAUTHORIZED : byToken(shown, caller, admin, people?.bearerTries)
}

/** While too many tries fail nobody learns whether a token is right, whichever it is. */
function byToken(
  shown: string,
  { remoteAddress = '' }: Caller,
  admin: Tokens['admin'],
  tries?: Tries,
): Admitted | Answer {
  const waitMs = tries?.waitMs(remoteAddress) ?? 0
  if (waitMs > 0) return tooManyTries(waitMs)
  const token = admin.find(shown)
  if (token !== undefined) return { who: token.name, hasToken: true, pixels: token.pixels, role: token.role }
  tries?.failed(remoteAddress)
  return UNAUTHORIZED
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
const READ_ONLY = errorAnswer(403, 'This token sees and changes nothing: ask an operator.', { code: 'read_only' })
const UNAUTHORIZED: Answer = { ...withChallenge(errorAnswer(401, 'Unauthorized')), reason: 'unauthorized' }

function withChallenge(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer' } }
}
