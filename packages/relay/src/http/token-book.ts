import { hash, timingSafeEqual } from 'node:crypto'

interface Entry<Token> {
  readonly digest: Uint8Array
  readonly token: Token
}

/** Tokens that callers may show, kept as digests. */
export class TokenBook<Token extends { readonly token: string }> {
  readonly #entries: readonly Entry<Omit<Token, 'token'>>[]

  constructor(tokens: readonly Token[]) {
    this.#entries = tokens.map(({ token, ...rest }) => ({ digest: digestOf(token), token: rest }))
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /**
   * The token that an `Authorization` header shows: as a bearer, or as the user of basic authentication, as tracking SDKs show their
   * write key. Every entry is compared, in constant time.
   */
  find(authorization: string | undefined): Omit<Token, 'token'> | undefined {
    return this.findToken(tokenIn(authorization ?? ''))
  }

  /** The token itself, shown where no header was. */
  findToken(text: string): Omit<Token, 'token'> | undefined {
    return this.#findDigest(digestOf(text))
  }

  /** The token of a digest, as {@link tokenDigest} gives it. */
  findByDigest(digest: string): Omit<Token, 'token'> | undefined {
    return this.#findDigest(Buffer.from(digest, 'hex'))
  }

  #findDigest(shown: Uint8Array): Omit<Token, 'token'> | undefined {
    if (shown.length !== DIGEST_BYTES) return undefined
    let found: Omit<Token, 'token'> | undefined
    for (const { digest, token } of this.#entries) if (timingSafeEqual(digest, shown)) found = token
    return found
  }
}

function tokenIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +([!-~]+) *$/i.exec(authorization) ?? []
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64').toString('utf8').replace(/:.*$/s, '')
}

const DIGEST_BYTES = 32

/** What is kept in place of a token: SHA-256 in hex. */
export function tokenDigest(text: string): string {
  return hash('sha256', text)
}

function digestOf(text: string): Uint8Array {
  return hash('sha256', text, 'buffer')
}
