import { z } from 'zod'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { type Caller, isJson } from '../caller.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import { type People, WRONG_ORIGIN } from './admit-person.ts'
import { endedCookie, sessionCookie } from './cookie.ts'
import { loginView, loginViewSchema, PLAIN_HTTP_MESSAGE } from './login-view.ts'
import { headerOf, isFromOwnPage, type Way, wayOf } from './page-origin.ts'
import { tooManyTries } from './tries.ts'

export interface LoginOptions {
  readonly people: () => People
  /** Without an admin token there is nothing to log in with. */
  readonly hasTokens: () => boolean
}

const TOKEN = 'write the token'
const loginBody = z.strictObject({
  token: z
    .string({ error: TOKEN })
    .min(1, { error: TOKEN })
    .max(1_000, { error: TOKEN })
    .meta({ description: 'An admin token of the configuration, or the token of a link.' }),
})

/** `/login` and `/logout`: a session for a browser, which cannot be asked to keep a token. */
export function loginRoutes({ people, hasTokens }: LoginOptions): readonly Route[] {
  return [
    checkedRoute({
      method: 'GET',
      path: '/login',
      access: 'page',
      summary: 'Whether people can log in on this way, and if not, why and what to do.',
      answers: { 200: 'How it is.' },
      answerBodies: { 200: loginViewSchema },
      async handle({ caller }) {
        const { publicUrl } = people()
        return jsonAnswer(200, loginView(wayOf(caller, publicUrl), publicUrl, hasTokens()))
      },
    }),
    checkedRoute({
      method: 'POST',
      path: '/login',
      access: 'page',
      summary: 'Opens a session of 12 hours for whoever shows a token. The cookie holds it.',
      body: loginBody,
      answers: {
        200: 'Logged in; the cookie is set.',
        401: 'Nobody knows this token.',
        403: 'Over plain http nobody can log in; or the request comes from another page.',
        415: 'The body is no JSON.',
        429: 'Too many tries failed; come back after `Retry-After`.',
      },
      handle: ({ body, caller }) => logIn(body.token, caller, people()),
    }),
    checkedRoute({
      method: 'POST',
      path: '/logout',
      access: 'viewer',
      summary: 'Ends the session.',
      body: z.strictObject({}),
      answers: { 200: 'It has ended, if there was one.', 403: 'The request comes from another page.' },
      handle: (call) => logOut(call, people()),
    }),
  ]
}

async function logIn(token: string, caller: Caller, people: People): Promise<Answer> {
  const { sessions, tries, publicUrl } = people
  const way = wayOf(caller, publicUrl)
  if (way.kind === 'plain')
    return headerOf(caller, 'origin') === undefined || publicUrl === undefined ? PLAIN_HTTP : WRONG_ORIGIN
  if (isOfAnotherPage(caller, publicUrl)) return WRONG_ORIGIN
  if (!isJson(caller)) return NOT_JSON
  const address = addressOf(caller, way)
  const waitMs = tries.waitMs(address)
  if (waitMs > 0) return tooManyTries(waitMs)
  const holder = sessions.holderOf(token)
  if (holder === undefined) {
    tries.failed(address)
    return WRONG_TOKEN
  }
  const { secret, standing } = await sessions.open(token, holder)
  const { who, role, pixels, expiresMs } = standing
  const answer = jsonAnswer(200, { who, role, pixels, expiresMs })
  const cookie = sessionCookie(way, secret, Math.floor((expiresMs - people.now()) / 1_000))
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } }
}

async function logOut({ caller, session }: Call<unknown, unknown, unknown>, people: People): Promise<Answer> {
  if (session !== undefined) await people.sessions.end(session.digest)
  const answer = jsonAnswer(200, { loggedOut: session !== undefined })
  const way = wayOf(caller, people.publicUrl)
  if (way.kind === 'plain') return answer
  return { ...answer, headers: { ...answer.headers, 'set-cookie': endedCookie(way) } }
}

/** A browser says where its page is from; a program says nothing. */
function isOfAnotherPage(caller: Caller, publicUrl: string | undefined): boolean {
  const says = headerOf(caller, 'origin') !== undefined || headerOf(caller, 'sec-fetch-site') !== undefined
  return says && !isFromOwnPage(caller, publicUrl)
}

/** Behind the proxy of `publicUrl` everybody has its address; the last it names is the one that it saw itself. */
function addressOf(caller: Caller, { kind }: Way): string {
  const named = kind === 'https' ? headerOf(caller, 'x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return named || caller.remoteAddress || 'unknown'
}

const PLAIN_HTTP = errorAnswer(403, PLAIN_HTTP_MESSAGE, { code: 'plain_http' })
const WRONG_TOKEN = errorAnswer(401, 'Nobody knows this token. A link may have run out or been withdrawn.', {
  code: 'wrong_token',
})
const NOT_JSON = errorAnswer(415, 'Content-Type must be application/json.', { code: 'unsupported_content_type' })
