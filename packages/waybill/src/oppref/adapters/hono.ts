import { captureOppref } from '../capture.ts'
import type { WebRequest } from '../visit.ts'
import { type AdapterOptions, cookieFor, opprefOf, remember } from './remembered.ts'

export { type AdapterOptions, opprefOf }

/** The part of a Hono context that is used. */
export interface HonoContext {
  /** The request. */
  readonly req: { readonly raw: WebRequest }
  /** Sets a header of the response. */
  header(name: string, value: string, options: { append: boolean }): void
}

/**
 * Middleware that captures the click reference of every request: `app.use(opprefMiddleware({ consent }))`, then
 * `opprefOf(c)?.oppref` in a handler. The consent callback takes the context.
 */
export function opprefMiddleware<Context extends HonoContext>(
  options: AdapterOptions<Context> = {},
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const { consent, ...others } = options
  return async (context, next) => {
    const captured = await captureOppref(context.req.raw, {
      ...others,
      consent: consent && (() => consent(context)),
    })
    remember(context, captured)
    await next()
    const cookie = cookieFor(captured, options)
    // After the handler: an answer that it made by itself would lose a header that was set before.
    if (cookie !== undefined) context.header('set-cookie', cookie, { append: true })
  }
}
