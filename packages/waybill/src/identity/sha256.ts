import { sha256 } from './noble.ts'

/** Text in, SHA-256 over its UTF-8 bytes out, as 64 lowercase hex digits. Synchronous on every runtime. */
export type Sha256Hex = (text: string) => string

interface NodeCrypto {
  hash?: (algorithm: 'sha256', data: string, encoding: 'hex') => string
}

/** For runtimes without a synchronous SHA-256 of their own: browsers and edge workers. */
export const portableSha256Hex: Sha256Hex = (text) =>
  Array.from(sha256(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')

function nativeSha256Hex(): Sha256Hex | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  // Looked up, not imported: an import of `node:` would keep this module out of browsers and workers.
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  const hash = crypto?.hash
  return hash && ((text) => hash('sha256', text, 'hex'))
}

export const sha256Hex: Sha256Hex = nativeSha256Hex() ?? portableSha256Hex
