import { PixelError } from './errors.ts'

/** What a content security policy takes as a nonce (CSP Level 3, `base64-value`). */
const NONCE = /^[A-Za-z0-9+/_-]+={0,2}$/

/** The nonce as it is. Throws a {@link PixelError} for one that no policy can hold. */
export function requireNonce(nonce: unknown): string {
  if (typeof nonce === 'string' && NONCE.test(nonce)) return nonce
  throw new PixelError('invalid_nonce', 'The nonce is missing, or is not base64.', {
    hint: 'Make one for each answer, for example crypto.randomUUID(), and put it into the policy of the same answer.',
  })
}

/** One call of `oaiq`, as JavaScript that is safe inside `<script>` and in any character encoding. */
export function callScript(call: readonly unknown[]): string {
  // Parsed and not written as a literal: in a literal the key `__proto__` would be lost.
  return `oaiq.apply(null,JSON.parse(${scriptString(JSON.stringify(call))}))`
}

/** Every character but plain ASCII is escaped, `<` `>` `&` too: no text can end the script or begin a comment. */
function scriptString(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]|[<>&']/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
