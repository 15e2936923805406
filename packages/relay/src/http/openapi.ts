import { VERSION } from 'waybill'
import { z } from 'zod'
import type { AccessKind } from './access.ts'
import { jsonAnswer } from './answer.ts'
import type { Route } from './route.ts'

type Json = Readonly<Record<string, unknown>>

/** `/openapi.json`: the document of all routes, itself included. */
export function openapiRoute(others: readonly Route[]): Route {
  let document: Json | undefined
  const route: Route = {
    method: 'GET',
    path: '/openapi.json',
    access: 'reader',
    summary: 'This document.',
    answers: { 200: 'The OpenAPI document.' },
    async run() {
      document ??= openapiOf([...others, route])
      return jsonAnswer(200, document)
    },
  }
  return route
}

/** The OpenAPI 3.1 document, made from the schemas that check the requests. */
export function openapiOf(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  // What browsers ask before they call is nothing that anybody writes a client for, nor are the files of the page.
  for (const route of routes.filter(({ method, isForBrowsers }) => method !== 'OPTIONS' && isForBrowsers !== true)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waybill relay', version: VERSION, description: 'Durable delivery of conversion events.' },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-waybill' },
      },
    },
  }
}

const OF_ADMIN = {
  401: 'The admin token, or the session, is missing or unknown.',
  404: 'Without an admin token this is there for programs of this machine only.',
}
/** What a caller who is not let in is told, wherever the route leads; beside it stands what each route says of itself. */
const NOT_LET_IN: Readonly<Record<AccessKind, Readonly<Record<number, string>>>> = {
  anyone: {},
  reader: { 403: 'Without an intake token only this machine is served.' },
  intake: {},
  tracking: {},
  page: { 404: 'Without an admin token this is there on this machine only.' },
  viewer: OF_ADMIN,
  admin: { ...OF_ADMIN, 403: 'The token only reads; or the request comes from another page.' },
}
const BEARER = [{ bearer: [] }, {}]
const PERSON = [{ bearer: [] }, { session: [] }, {}]
const SECURITY: Partial<Readonly<Record<AccessKind, readonly Json[]>>> = {
  intake: BEARER,
  tracking: BEARER,
  viewer: PERSON,
  admin: PERSON,
}
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])
const SLOW_BODY = { 408: 'Less than 1 KB of the body came in 5 seconds.' }
const NOT_UNDERSTOOD = { 400: 'A part of the request is wrong; `errors` names each.' }

function operationOf(route: Route): Json {
  const { method, summary, params, query, body, answers: own, answerBodies = {}, messages, access } = route
  const isChecked = (access === 'admin' || access === 'viewer') && (params ?? query ?? body) !== undefined
  const answers = {
    ...NOT_LET_IN[access],
    ...(isChecked && NOT_UNDERSTOOD),
    ...(WITH_BODY.has(method) && SLOW_BODY),
    ...own,
  }
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)]
  return {
    summary,
    ...(SECURITY[access] && { security: SECURITY[access] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body && { requestBody: { required: true, ...contentOf(body) } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, description]) => [
        status,
        { description, ...(status === '200' && streamOf(messages)), ...contentOf(answerBodies[Number(status)]) },
      ]),
    ),
  }
}

function contentOf(schema: z.ZodType | undefined): Json {
  return schema === undefined ? {} : { content: { 'application/json': { schema: schemaOf(schema) } } }
}

function streamOf(message: z.ZodType | undefined): Json {
  return message === undefined ? {} : { content: { 'text/event-stream': { schema: schemaOf(message) } } }
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Readonly<Record<string, Json>>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, one]) => {
    const { description, ...rest } = one
    const isRequired = place === 'path' || required.includes(name)
    return { name, in: place, required: isRequired, ...(description ? { description } : {}), schema: rest }
  })
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
