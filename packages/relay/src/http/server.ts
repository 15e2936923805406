import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { type AccessKind, type Admitted, admit, isAdmitted, notFoundAnswer, type Tokens } from './access.ts'
import { type Answer, errorAnswer } from './answer.ts'
import type { Caller } from './caller.ts'
import { type Failure, failureOf, NotReadError } from './failure.ts'
import { LOOK_EVERY_MS, linger, type NoBody, Room, readIncoming, type Share } from './incoming/index.ts'
import { RELAY_HEADER, relayHeader } from './relay-header.ts'
import { MAX_ADMIN_BODY_BYTES, type Route, type Visit } from './route.ts'
import { answerConnection, answerUnreadable } from './unreadable.ts'

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly tokens: () => Tokens
  /** Largest body that intake takes. */
  readonly maxBodyBytes: number
  /** Bytes of bodies that may be in memory at a time; for doors without a token there are half as many beside them. */
  readonly maxInFlightBytes: () => number
  /** Whether the relay's own clock is confirmed, which each answer says. */
  readonly clockConfirmed: () => boolean
  /** Milliseconds that only go forward. Default: of this process. */
  readonly monotonic?: (() => number) | undefined
  /** Calls back again and again until the function it gives is called. Default: a timer. */
  readonly every?: ((ms: number, work: () => void) => () => void) | undefined
  /** Told of a request that failed for a fault of ours. */
  readonly onFailure: (failure: Failure, error: unknown, route: string) => void
  /** Told of each request that brought something and was asked to come again. */
  readonly onTurnedAway?: (status: TurnedAway) => void
  /** Told of each call of another system that was not believed or not understood. */
  readonly onRefused?: (refused: RefusedCall) => void
}

export interface RefusedCall {
  readonly source: string
  /** As the call names it: it may be none of ours. */
  readonly pixel: string | undefined
  readonly status: number
  readonly reason: string
}

/** Too much at a time or too much that waits; no room, or no store. */
export type TurnedAway = 429 | 503

/** Time for a whole request to come in; whoever needs longer keeps memory from others. */
const REQUEST_TIMEOUT_MS = 60_000
const HEADERS_TIMEOUT_MS = 10_000
const STRANGERS_PART = 0.5
const ARRIVING = 'arriving'

/** Binds the routes to fastify; nothing else of the service knows of it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { routes } = options
  const headers = { confirmed: headersWhen(true), inDoubt: headersWhen(false) }
  const ownHeaders = (): Readonly<Record<string, string>> =>
    options.clockConfirmed() ? headers.confirmed : headers.inDoubt
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LOOK_EVERY_MS },
    // A request that came in is answered, also while the server closes.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => void binding.send(reply, failureOf(error).answer),
    clientErrorHandler: (error, socket) => answerConnection(error, socket, ownHeaders),
    exposeHeadRoutes: false,
  })
  const binding: Binding = { app, options, rooms: openRooms(app, options), send: sender(ownHeaders) }
  app.decorateRequest(ARRIVING)
  readBodies(app)
  app.setErrorHandler((error, request, reply) => binding.send(reply, failed(error, request, options)))
  app.setNotFoundHandler((request, reply) => {
    linger(request.raw, reply.raw)
    const answer = unknownAddress(request, routes)
    const [, source] = /^\/webhooks\/([^/?]*)/.exec(request.url) ?? []
    if (source !== undefined) options.onRefused?.(refusedCall({ source }, answer))
    return binding.send(reply, answer)
  })
  answerUnreadable(app.server, ownHeaders)
  for (const route of routes) bind(binding, route)
  return app
}

interface Rooms {
  /** For whoever was let in. */
  readonly known: Room
  /** For doors that anybody may knock at. */
  readonly strangers: Room
}

interface Binding {
  readonly app: FastifyInstance
  readonly options: ServerOptions
  readonly rooms: Rooms
  readonly send: (reply: FastifyReply, answer: Answer) => FastifyReply
}

function openRooms(app: FastifyInstance, options: ServerOptions): Rooms {
  const { maxInFlightBytes, monotonic = () => performance.now(), every = onTimer } = options
  const open = (limitBytes: () => number): Room => new Room({ limitBytes, monotonic })
  const rooms = { known: open(maxInFlightBytes), strangers: open(() => maxInFlightBytes() * STRANGERS_PART) }
  const end = every(LOOK_EVERY_MS, () => {
    rooms.known.look()
    rooms.strangers.look()
  })
  app.addHook('onClose', async () => end())
  return rooms
}

function onTimer(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref()
  return () => clearInterval(timer)
}

/** What is known of a request while its body comes. */
interface Arriving {
  readonly admitted: Admitted
  readonly caller: Caller
  readonly room: Room
  readonly maxBytes: number
  share?: Share
}

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, stream, done) => {
    if (request.is404) return done(null)
    const arriving = request.getDecorator<Arriving>(ARRIVING)
    const { room, maxBytes, admitted } = arriving
    const end = (body: Uint8Array | NoBody): void =>
      typeof body === 'string' ? done(new NotReadError(body)) : done(null, body)
    const { headers } = request
    arriving.share = readIncoming(room, { headers, stream, maxBytes, hasToken: admitted.hasToken, done: end })
  })
}

function bind({ app, options, rooms, send }: Binding, route: Route): void {
  const { tokens, onTurnedAway } = options
  const isIntake = route.access === 'intake' || route.access === 'tracking'
  const brings = route.method !== 'GET' && BRINGING.has(route.access)
  // Not in a hook after the answer: fastify would listen to every response for it.
  const answer = (request: FastifyRequest, reply: FastifyReply, given: Answer): FastifyReply => {
    if (brings && isTurnedAway(given.status)) onTurnedAway?.(given.status)
    else tellRefused(request, route, given, options)
    return send(reply, given)
  }
  app.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: hasHead(route),
    onRequest(request, reply, goOn) {
      const turnAway = (given: Answer): void => {
        linger(request.raw, reply.raw)
        answer(request, reply, given)
      }
      const caller = callerOf(request, route.tokenIn)
      const admitted = admit(route.access, caller, tokens())
      if (!isAdmitted(admitted)) return turnAway(admitted)
      if (isRepeated(request.query)) return turnAway(REPEATED_PIXEL)
      // Whose key is yet to be read is a stranger.
      const isStranger = route.access === 'anyone' || admitted.isPending === true
      const room = isStranger ? rooms.strangers : rooms.known
      const maxBytes = isIntake && !isStranger ? options.maxBodyBytes : MAX_ADMIN_BODY_BYTES
      const arriving: Arriving = { admitted, caller, room, maxBytes }
      request.setDecorator(ARRIVING, arriving)
      const proceed = (refused: Answer | undefined): void => (refused === undefined ? goOn() : turnAway(refused))
      const refused = route.refuse?.(visitOf(request, arriving))
      if (refused instanceof Promise) refused.then(proceed).catch(goOn)
      else proceed(refused)
    },
    handler(request, reply) {
      const arriving = request.getDecorator<Arriving>(ARRIVING)
      const visit = visitOf(request, arriving)
      // Comes after the answer as well as after a broken connection.
      reply.raw.once('close', () => arriving.share?.leave())
      // What fastify keeps until the answer would be a second one in memory.
      request.body = undefined
      return route.run(visit).then((given) => answer(request, reply, given))
    },
    errorHandler(error, request, reply) {
      if (error instanceof NotReadError) hangOn(error, request, reply)
      void answer(request, reply, failed(error, request, options))
    },
  })
}

/** Whoever is asked to come again has to hear it: fastify would end the connection below what still comes. */
function hangOn({ why }: NotReadError, request: FastifyRequest, reply: FastifyReply): void {
  if (why === 'slow') return
  reply.removeHeader('connection')
  linger(request.raw, reply.raw)
}

/** Which of several pixels was meant nobody can say. */
function isRepeated(query: unknown): boolean {
  return Array.isArray((query as { readonly pid?: unknown } | undefined)?.pid)
}

const REPEATED_PIXEL = errorAnswer(400, 'pid stands more than once in the address: name one pixel.', {
  param: 'pid',
  code: 'repeated_pixel',
})

/** Whoever watches only whether a service is up asks with HEAD. Elsewhere an answer without a body tells nothing. */
function hasHead({ method, access }: Route): boolean {
  return method === 'GET' && (access === 'anyone' || access === 'page')
}

function failed(error: unknown, { routeOptions }: FastifyRequest, { onFailure }: ServerOptions): Answer {
  const failure = failureOf(error)
  if (failure.fault !== undefined) onFailure(failure, error, routeOptions.url ?? '')
  return failure.answer
}

/** Doors where something is brought that would be lost. */
const BRINGING: ReadonlySet<AccessKind> = new Set(['anyone', 'intake', 'tracking'])

function isTurnedAway(status: number): status is TurnedAway {
  return status === 429 || status === 503
}

function callerOf({ raw, headers, ip, query, method }: FastifyRequest, tokenIn: string | undefined): Caller {
  const token = tokenIn === undefined ? undefined : (query as Readonly<Record<string, unknown>>)[tokenIn]
  const shown = typeof token === 'string' ? { authorization: `Bearer ${token}`, ...headers } : headers
  const { remoteAddress = ip, localAddress } = raw.socket
  return { remoteAddress, localAddress, method, headers: shown }
}

function visitOf({ params, query, headers, body, url }: FastifyRequest, { admitted, caller, share }: Arriving): Visit {
  return { params, query, headers, bytes: body instanceof Uint8Array ? body : undefined, url, admitted, caller, share }
}

function tellRefused({ params }: FastifyRequest, route: Route, answer: Answer, { onRefused }: ServerOptions): void {
  const { status } = answer
  if (status >= 400 && status < 500 && route.callerOf !== undefined)
    onRefused?.(refusedCall(route.callerOf(params), answer))
}

function refusedCall(
  { source, pixel }: { readonly source: string; readonly pixel?: string },
  { status, reason = `status_${status}` }: Answer,
): RefusedCall {
  return { source, pixel, status, reason }
}

function sender(ownHeaders: () => Readonly<Record<string, string>>): Binding['send'] {
  return (reply, { status, headers, body }) => reply.code(status).headers(ownHeaders()).headers(headers).send(body)
}

/** Of every answer. */
function headersWhen(isClockConfirmed: boolean): Readonly<Record<string, string>> {
  return { ...SAFE_HEADERS, [RELAY_HEADER]: relayHeader(isClockConfirmed) }
}

/** Nothing here is for a cache, a frame, or a guess at its type. */
const SAFE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const

/** Doors of which a wrong method is told nothing, as of an address that is not there. */
const PRIVATE: ReadonlySet<AccessKind> = new Set(['page', 'viewer', 'admin'])

function unknownAddress({ url }: FastifyRequest, routes: readonly Route[]): Answer {
  const path = url.replace(/\?.*$/s, '')
  const methods = routes
    .filter((route) => route.path === path && !PRIVATE.has(route.access))
    .flatMap((route) => (hasHead(route) ? [route.method, 'HEAD'] : [route.method]))
  if (methods.length === 0) return notFoundAnswer()
  const answer = errorAnswer(405, 'Method not allowed', { code: 'method_not_allowed' })
  return { ...answer, headers: { ...answer.headers, allow: methods.join(', ') } }
}
