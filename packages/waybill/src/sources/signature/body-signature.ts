import { type HeaderSource, headerOf } from './header.ts'
import { bytesOf, isSigned, type RawBody, type Secrets } from './hmac.ts'
import { refused, VERIFIED, type Verification } from './verification.ts'

/** A base64 HMAC-SHA256 of the body alone, as Shopify and WooCommerce send it. No time is signed. */
export function verifyBody(rawBody: RawBody, headers: HeaderSource, name: string, secrets: Secrets): Verification {
  const signature = headerOf(headers, name)
  const signed = isSigned(bytesOf(rawBody), signature === undefined ? [] : [signature], secrets, 'base64')
  if (signature === undefined) return refused('missing_signature')
  return signed ? VERIFIED : refused(/^[A-Za-z0-9+/]{43}=$/.test(signature) ? 'wrong_signature' : 'malformed_signature')
}
