import type { WireUser } from '../contract/event.ts'
import { LOADER_URL } from './address.ts'
import { type Conversion, measureCall } from './measure-call.ts'
import { requirePixelId } from './pixel-id.ts'
import { callScript, requireNonce } from './script.ts'
import { type PixelUser, pixelUser } from './user.ts'

export interface SnippetOptions {
  readonly pixelId: string
  /** The nonce of this answer's content security policy. */
  readonly nonce: string
  /** `false`: the visitor did not consent, and nothing is rendered. Default `true`. */
  readonly consent?: boolean | undefined
  /** `serverEvent.user`, or a part of it. It stands in the page: let no cache share that page. */
  readonly user?: WireUser | undefined
}

/** Holds calls until the loader is there. */
const STAND_IN = 'if(!window.oaiq){window.oaiq=function q(){q.q.push(arguments)};oaiq.q=[]}'

/**
 * The pixel's loader and its `init`, as HTML for `<head>`; empty text without consent.
 *
 * The specification names the function `oaiq`, its calls and the loader's address. How calls wait for the loader it does not say:
 * they are kept as `arguments` in `oaiq.q`, as the vendor's install snippet does. It names no call for consent either, so
 * without consent there is no pixel. Throws a {@link PixelError} for a missing Pixel ID, a bad nonce or an unhashed identity.
 */
export function pixelSnippet({ pixelId, nonce, consent = true, user }: SnippetOptions): string {
  if (!consent) return ''
  requirePixelId(pixelId)
  const id = requireNonce(nonce)
  const init = callScript(['init', { pixelId, ...(user && pixelUserField(user)) }])
  return `<script nonce="${id}">${STAND_IN};${init}</script><script nonce="${id}" async src="${LOADER_URL}"></script>`
}

function pixelUserField(user: WireUser): { user?: PixelUser } {
  const sent = pixelUser(user)
  return Object.keys(sent).length === 0 ? {} : { user: sent }
}

/**
 * The pixel's call for one conversion, as HTML for anywhere after {@link pixelSnippet}. On a page without the snippet, for want of
 * consent, it does nothing. Throws a {@link PixelError} for a bad nonce and for what the pixel does not take.
 */
export function pixelCall(conversion: Conversion, { nonce }: { readonly nonce: string }): string {
  return `<script nonce="${requireNonce(nonce)}">window.oaiq&&${callScript(measureCall(conversion))}</script>`
}
