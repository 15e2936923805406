import { hash } from 'node:crypto'

declare const digested: unique symbol

/** What contexts are kept and found under: a digest. What a shop calls an order or a person is often an address, and lies on disk nowhere. */
export type ContextKey = string & { readonly [digested]: true }

/**
 * Whose context it is; the same key of another kind is another context. `trial`: a subscription that was one; `name`: another name of a
 * conversion that is kept.
 */
export type ContextKind = 'order' | 'person' | 'trial' | 'name'

export function contextKey(kind: ContextKind, key: string): ContextKey {
  return keyDigest(`${kind}:${key}`)
}

/** The digest of a key that stands with its kind before it, as the data before digests had them. */
export function keyDigest(kindAndKey: string): ContextKey {
  return hash('sha256', kindAndKey, 'base64url') as ContextKey
}
