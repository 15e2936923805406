/** SHA-256 of what somebody searches by, so that the raw value never leaves the browser. */

/** As emails are hashed for delivery: without spaces around, in small letters. */
export const normalEmail = (text: string): string => text.trim().toLowerCase()

export const looksLikeEmail = (text: string): boolean => /^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$/.test(text)

export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
