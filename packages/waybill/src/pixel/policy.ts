import { API_ORIGIN, LOADER_ORIGIN } from './address.ts'
import { requireObject } from './options.ts'
import { requireNonce } from './script.ts'

/** Directive → its sources. */
export type Policy = Readonly<Record<string, readonly string[]>>

/**
 * What a page's content security policy must allow for the pixel: exactly the hosts that the specification names, and the nonce
 * of this answer, which the scripts of `pixelSnippet` and `pixelCall` need. Never `'unsafe-inline'`. Throws a
 * {@link PixelError} for a bad nonce.
 */
export function contentSecurityPolicy({ nonce }: { readonly nonce?: string | undefined } = {}): Policy {
  const ownScripts = nonce === undefined ? [] : [`'nonce-${requireNonce(nonce)}'`]
  return {
    'script-src': [...ownScripts, LOADER_ORIGIN],
    'connect-src': [API_ORIGIN, LOADER_ORIGIN],
    'img-src': [API_ORIGIN],
  }
}

/**
 * Policies in, the value of the header `Content-Security-Policy` out, with all that any of them allows. A directive that the
 * first has not keeps what its `default-src` allowed: a directive of its own would otherwise take it away. Throws a
 * {@link PixelError} where one is missing.
 */
export function policyHeader(own: Policy, ...others: readonly Policy[]): string {
  for (const policy of [own, ...others]) requireObject(policy, 'A policy')
  const merged = new Map(Object.entries(own))
  for (const [directive, sources] of others.flatMap((policy) => Object.entries(policy))) {
    const before = merged.get(directive) ?? own['default-src'] ?? []
    merged.set(directive, [...new Set([...before, ...sources])])
  }
  return [...merged].map(([directive, sources]) => [directive, ...allowing(sources)].join(' ')).join('; ')
}

/** `'none'` beside a source says nothing, and browsers complain. */
function allowing(sources: readonly string[]): readonly string[] {
  return sources.length > 1 ? sources.filter((source) => source !== "'none'") : sources
}
