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

  /** The token that an `Authorization` header shows. Every entry is compared, in constant time. */
  find(authorization: string | undefined): Omit<Token, 'token'> | undefined {
    const shown = digestOf(/^Bearer +([!-~]+) *$/i.exec(authorization ?? '')?.[1] ?? '')
    let found: Omit<Token, 'token'> | undefined
    for (const { digest, token } of this.#entries) if (timingSafeEqual(digest, shown)) found = token
    return found
  }
}

function digestOf(text: string): Uint8Array {
  return hash('sha256', text, 'buffer')
}
