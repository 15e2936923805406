import type { WireUser } from '../contract/event.ts'
import { LOADER_URL } from './address.ts'
import { type Conversion, consentCall, measureCall, measureSingleCall } from './measure-call.ts'
import { requireObject } from './options.ts'
import { requirePixelId } from './pixel-id.ts'
import { callScript, requireNonce } from './script.ts'
import { type PixelUser, pixelUser } from './user.ts'

export interface SnippetOptions {
  /** From the conversions tab in Ads Manager. */
  readonly pixelId: string
  /** The nonce of this answer's content security policy. */
  readonly nonce: string
  /**
   * `false`: the visitor did not consent, and nothing is rendered. `'ask'`: the page asks; until its script calls
   * `waybillConsent(true)` nothing is loaded and every call waits. Default `true`.
   */
  readonly consent?: boolean | 'ask' | undefined
  /** Further pixels on the page; reach one of them with `{ single: true }` in `pixelCall`. */
  readonly otherPixelIds?: readonly string[] | undefined
  /** `serverEvent.user`, or a part of it. It stands in the page: let no cache share that page. */
  readonly user?: WireUser | undefined
}

/** `single`: for this conversion's pixel alone, where the page has several. */
export interface CallOptions {
  /** The page's nonce for inline scripts. */
  readonly nonce: string
  /** Reach only this pixel of several. Default `false`. */
  readonly single?: boolean | undefined
}

/** Holds calls until the loader is there. */
const STAND_IN = 'if(!window.oaiq){window.oaiq=function q(){q.q.push(arguments)};oaiq.q=[]}'

/**
 * The pixel's loader and its `init`, as HTML for `<head>`; empty text without consent.
 *
 * The specification names the function `oaiq`, its calls and the loader's address. How calls wait for the loader it does not say:
 * they are kept as `arguments` in `oaiq.q`, as the vendor's install snippet does. Throws a {@link PixelError} for a missing
 * option, a bad nonce or an unhashed identity.
 */
export function pixelSnippet(options: SnippetOptions): string {
  requireObject(options, 'The options of pixelSnippet')
  const { pixelId, nonce, consent = true, user, otherPixelIds = [] } = options
  if (!consent) return ''
  requirePixelId(pixelId)
  const id = requireNonce(nonce)
  const inits = [pixelId, ...otherPixelIds].map((one) =>
    callScript(['init', { pixelId: one, ...(user && pixelUserField(user)) }]),
  )
  const asks = consent === 'ask'
  const before = asks ? [callScript(consentCall(false))] : []
  const inline = [STAND_IN, ...before, ...inits, ...(asks ? [askScript(id)] : [])].join(';')
  const loader = asks ? '' : `<script nonce="${id}" async src="${LOADER_URL}"></script>`
  return `<script nonce="${id}">${inline}</script>${loader}`
}

/**
 * `waybillConsent(given)`, for the page's own question: consent that is given on the page is measured on the page. What waited goes
 * out after the pixel was told, because what it blocks it does not tell later; the loader is fetched not before.
 */
function askScript(nonce: string): string {
  const given = callScript(consentCall(true))
  const withdrawn = callScript(consentCall(false))
  return (
    `(function(){var w=[],l;window.waybillConsent=function(g){if(g!==true){w=w||[];${withdrawn};return}${given};` +
    `if(!l){l=document.createElement("script");l.async=true;l.nonce="${nonce}";l.src="${LOADER_URL}";document.head.appendChild(l)}` +
    'var a=w||[];w=null;a.forEach(function(f){f()})};waybillConsent.later=function(f){w?w.push(f):f()}})()'
  )
}

function pixelUserField(user: WireUser): { user?: PixelUser } {
  const sent = pixelUser(user)
  return Object.keys(sent).length === 0 ? {} : { user: sent }
}

/**
 * The pixel's call for one conversion, as HTML for anywhere after {@link pixelSnippet}. On a page without the snippet, for want of
 * consent, it does nothing. Throws a {@link PixelError} for a bad nonce and for what the pixel does not take.
 */
export function pixelCall(conversion: Conversion, options: CallOptions): string {
  requireObject(options, 'The second argument of pixelCall, { nonce },')
  const call = options.single === true ? measureSingleCall(conversion) : measureCall(conversion)
  const later = `(window.waybillConsent?waybillConsent.later:function(f){f()})(function(){${callScript(call)}})`
  return `<script nonce="${requireNonce(options.nonce)}">window.oaiq&&${later}</script>`
}
