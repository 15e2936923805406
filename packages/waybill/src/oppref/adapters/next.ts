import { captureOppref } from '../capture.ts'
import type { WebRequest } from '../visit.ts'
import { type AdapterOptions, cookieFor } from './remembered.ts'

export { captureOppref } from '../capture.ts'
export type { AdapterOptions }

/** The part of a `NextResponse` that is used. Its headers can be changed; those of `Response.redirect` cannot. */
export interface NextResponse {
  /** The response's headers. */
  readonly headers: { append(name: string, value: string): void }
}

/**
 * For the middleware of Next.js: `return withOppref(request, NextResponse.next())` adds our cookie to the answer where the request
 * brought a click reference. In a route handler or server action, `captureOppref(request)` reads it again.
 */
export async function withOppref<Incoming extends WebRequest, Answer extends NextResponse>(
  request: Incoming,
  answer: Answer,
  options: AdapterOptions<Incoming> = {},
): Promise<Answer> {
  const cookie = cookieFor(await captureOppref(request, options), options)
  if (cookie !== undefined) answer.headers.append('set-cookie', cookie)
  return answer
}
