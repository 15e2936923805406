import type { Captured, CaptureOptions } from '../capture.ts'

export interface AdapterOptions<Incoming> extends CaptureOptions<Incoming> {
  /** Without consent, have the browser delete our cookie of an earlier consent. Default `false`: nothing is set. */
  readonly deleteOnDenial?: boolean | undefined
}

const remembered = new WeakMap<object, Captured>()

/** What was captured of a request, by the request (Hono: by the context); `undefined` where the adapter did not run. */
export function opprefOf(request: object): Captured | undefined {
  return remembered.get(request)
}

export function remember(request: object, captured: Captured): void {
  remembered.set(request, captured)
}

/** The `Set-Cookie` header that an answer needs, if any. */
export function cookieFor(
  { setCookie, deleteCookie }: Captured,
  { deleteOnDenial = false }: { readonly deleteOnDenial?: boolean | undefined },
): string | undefined {
  return setCookie ?? (deleteOnDenial ? deleteCookie : undefined)
}
