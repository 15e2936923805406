import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { type Admitted, admit, isAdmitted, notFoundAnswer, type Tokens } from './access.ts'
import { type Answer, errorAnswer, laterAnswer } from './answer.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Caller } from './caller.ts'
import { type Failure, failureOf } from './failure.ts'
import { MAX_ADMIN_BODY_BYTES, type Route, type Visit } from './route.ts'

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly tokens: () => Tokens
  /** Largest body that intake takes. */
  readonly maxBodyBytes: number
  readonly budget: ByteBudget
  /** Told of a request that failed for a fault of ours. */
  readonly onFailure: (failure: Failure, error: unknown, route: string) => void
  /** Told of each request that brought something and was asked to come again. */
  readonly onTurnedAway?: (status: TurnedAway) => void
}

/** Too much at a time or too much that waits; no room, or no store. */
export type TurnedAway = 429 | 503

/** Time for a whole request to come in; whoever needs longer keeps memory from others. */
const REQUEST_TIMEOUT_MS = 60_000
const BUSY_RETRY_SECONDS = 1
/** Where a request keeps whom it was let in as. */
const ADMITTED = 'admitted'

/** Binds the routes to fastify; nothing else of the service knows of it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A request that came in is answered, also while the server closes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2_000 },
    frameworkErrors: (error, _request, reply) => void send(reply, failureOf(error).answer),
    exposeHeadRoutes: false,
  })
  app.decorateRequest(ADMITTED)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => send(reply, failed(error, request, options)))
  app.setNotFoundHandler((request, reply) => send(reply, unknownAddress(request, options.routes)))
  for (const route of options.routes) bind(app, route, options)
  return app
}

function bind(app: FastifyInstance, route: Route, options: ServerOptions): void {
  const { tokens, budget, maxBodyBytes, onTurnedAway } = options
  const brings = route.method !== 'GET' && route.access !== 'admin'
  // Not in a hook after the answer: fastify would listen to every response for it.
  const answer = (reply: FastifyReply, given: Answer): FastifyReply => {
    if (brings && isTurnedAway(given.status)) onTurnedAway?.(given.status)
    return send(reply, given)
  }
  app.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: hasHead(route),
    bodyLimit: route.access === 'intake' ? maxBodyBytes : MAX_ADMIN_BODY_BYTES,
    onRequest(request, reply, goOn) {
      const caller = admit(route.access, callerOf(request, route.tokenIn), tokens())
      if (!isAdmitted(caller)) return void send(reply, caller)
      request.setDecorator(ADMITTED, caller)
      const proceed = (refused: Answer | undefined): void => {
        const refusal = refused ?? reserve(request, reply, budget)
        if (refusal === undefined) goOn()
        else answer(reply, refusal)
      }
      const refused = route.refuse?.(visitOf(request, caller))
      if (refused instanceof Promise) refused.then(proceed).catch(goOn)
      else proceed(refused)
    },
    handler(request, reply) {
      const visit = visitOf(request, request.getDecorator<Admitted>(ADMITTED))
      // The body is read before anything is waited for; what fastify keeps until the answer would be a second one in memory.
      request.body = undefined
      return route.run(visit).then((given) => answer(reply, given))
    },
    errorHandler: (error, request, reply) => void answer(reply, failed(error, request, options)),
  })
}

/** Whoever watches only whether a service is up asks with HEAD. Elsewhere an answer without a body tells nothing. */
function hasHead({ method, access }: Route): boolean {
  return method === 'GET' && access === 'anyone'
}

function failed(error: unknown, { routeOptions }: FastifyRequest, { onFailure }: ServerOptions): Answer {
  const failure = failureOf(error)
  if (failure.fault !== undefined) onFailure(failure, error, routeOptions.url ?? '')
  return failure.answer
}

function isTurnedAway(status: number): status is TurnedAway {
  return status === 429 || status === 503
}

/** Takes the body's share of what may be read at a time, until the answer has gone. */
function reserve(request: FastifyRequest, reply: FastifyReply, budget: ByteBudget): Answer | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined
  const release = budget.take(sizeOf(request))
  if (release === undefined) return laterAnswer(429, BUSY_RETRY_SECONDS, 'Too many requests at a time.')
  // Comes after the answer as well as after a broken connection.
  reply.raw.once('close', release)
  return undefined
}

/** The length that was announced; where none was, or it says little, the longest there may be. */
function sizeOf({ headers, routeOptions }: FastifyRequest): number {
  const most = routeOptions.bodyLimit
  const length = Number(headers['content-length'] ?? Number.NaN)
  return headers['content-encoding'] === undefined && length <= most ? length : most
}

function callerOf({ raw, headers, ip, query }: FastifyRequest, tokenIn: string | undefined): Caller {
  const token = tokenIn === undefined ? undefined : (query as Readonly<Record<string, unknown>>)[tokenIn]
  const shown = typeof token === 'string' ? { authorization: `Bearer ${token}`, ...headers } : headers
  return { remoteAddress: raw.socket.remoteAddress ?? ip, localAddress: raw.socket.localAddress, headers: shown }
}

function visitOf({ params, query, headers, body }: FastifyRequest, admitted: Admitted): Visit {
  return { params, query, headers, bytes: body instanceof Uint8Array ? body : undefined, admitted }
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...SAFE_HEADERS, ...headers })
    .send(body)
}

/** Nothing here is for a cache, a frame, or a guess at its type. */
const SAFE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const

function unknownAddress({ url }: FastifyRequest, routes: readonly Route[]): Answer {
  const path = url.replace(/\?.*$/s, '')
  const methods = routes
    .filter((route) => route.path === path && route.access !== 'admin')
    .flatMap((route) => (hasHead(route) ? [route.method, 'HEAD'] : [route.method]))
  if (methods.length === 0) return notFoundAnswer()
  const answer = errorAnswer(405, 'Method not allowed', { code: 'method_not_allowed' })
  return { ...answer, headers: { ...answer.headers, allow: methods.join(', ') } }
}
