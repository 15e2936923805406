import type { z } from 'zod'
import type { AccessKind, Admitted } from './access.ts'
import type { Answer } from './answer.ts'
import { type RawBody, type ReadBody, readBody } from './body.ts'
import type { Caller } from './caller.ts'
import { faultsAnswer } from './faults.ts'
import type { Share } from './incoming/index.ts'
import type { MaybePromise } from './maybe-promise.ts'

/** A request whose address was matched and whose sender was let in. */
export interface Visit {
  readonly params: unknown
  readonly query: unknown
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** `undefined` where there was none. */
  readonly bytes: Uint8Array | undefined
  /** Path and query as they came. */
  readonly url: string
  readonly admitted: Admitted
  readonly caller: Caller
  /** What the body takes of the memory that there is for bodies. */
  readonly share?: Pick<Share, 'take'> | undefined
}

/** The body of a visit as it came. */
export function rawBodyOf({ bytes, headers, share }: Visit): RawBody {
  const encoding = headers['content-encoding']
  return { bytes: bytes ?? NOTHING, encoding: typeof encoding === 'string' ? encoding : undefined, share }
}

const NOTHING = new Uint8Array()

/** One address of the service. The schemas check what comes in and are printed as the OpenAPI document. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'
  /** With `:name` for parameters. */
  readonly path: string
  readonly access: AccessKind
  /** A query parameter that may hold the token, for callers that cannot send a header. */
  readonly tokenIn?: string | undefined
  /** Whose call it is, where another system's calls come: what is refused is counted under it. */
  readonly callerOf?: ((params: unknown) => { readonly source: string; readonly pixel?: string }) | undefined
  readonly summary: string
  /** It serves browsers, and nobody writes a client for it: the OpenAPI document does not have it. */
  readonly isForBrowsers?: true
  readonly params?: z.ZodType | undefined
  readonly query?: z.ZodType | undefined
  readonly body?: z.ZodType | undefined
  /** Status → what it means. */
  readonly answers: Readonly<Record<number, string>>
  /** Status → the form of the body, where callers go by it. */
  readonly answerBodies?: Readonly<Record<number, z.ZodType>> | undefined
  /** Of an answer that goes on: the form of one message. */
  readonly messages?: z.ZodType | undefined
  /** Asked before the body is read. */
  readonly refuse?: ((visit: Visit) => MaybePromise<Answer | undefined>) | undefined
  readonly run: (visit: Visit) => Promise<Answer>
}

/** What a handler gets: everything checked, and who asks, for the record. */
export interface Call<Params, Query, Body> extends Admitted {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly caller: Caller
}

interface Checked<Params, Query, Body> extends Omit<Route, 'run' | 'params' | 'query' | 'body'> {
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  readonly handle: (call: Call<Params, Query, Body>) => Promise<Answer>
}

/** Admin bodies are small: the largest holds one event or a list of rows. */
export const MAX_ADMIN_BODY_BYTES: number = 4_000_000

/** A route whose handler runs only when params, query and body fit; otherwise one 400 names all faults. */
export function checkedRoute<Params, Query, Body>(definition: Checked<Params, Query, Body>): Route {
  const { handle, ...route } = definition
  return {
    ...route,
    async run(visit) {
      const body = await bodyOf(visit, definition.body)
      if ('refusal' in body) return body.refusal
      const parts = { params: visit.params, query: visit.query, body: body.value }
      const faults = (['params', 'query', 'body'] as const).flatMap((part) => {
        const result = definition[part]?.safeParse(parts[part])
        if (result?.success === false) return result.error.issues
        if (result?.success) parts[part] = result.data
        return []
      })
      if (faults.length > 0) return faultsAnswer(faults)
      return handle({ ...(parts as unknown as Call<Params, Query, Body>), ...visit.admitted, caller: visit.caller })
    },
  }
}

async function bodyOf(visit: Visit, schema: z.ZodType | undefined): Promise<ReadBody> {
  if (schema === undefined) return { value: undefined }
  if (visit.bytes === undefined || visit.bytes.length === 0) return { value: {} }
  return readBody(rawBodyOf(visit), MAX_ADMIN_BODY_BYTES)
}
