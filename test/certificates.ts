/** Certificates for tests, made on the spot: an authority, and servers that it or nobody vouches for. No network, no openssl. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** DNS names and IPv4 addresses that it is for. */
  readonly hosts: readonly string[]
  /** Default: from a day ago to a day ahead. */
  readonly fromMs?: number
  readonly toMs?: number
}

export interface Authority {
  /** To be trusted by whoever is to accept what it issues. */
  readonly cert: string
  issue(options: CertificateOptions): Certificate
}

const DAY_MS = 24 * 60 * 60 * 1_000

export function createAuthority(name: string): Authority {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [basicConstraints()]
  const cert = certificate({
    issuer: name,
    subject: name,
    publicKey: pair.publicKey,
    signer: pair.privateKey,
    extensions,
  })
  return { cert, issue: (options) => issued(options, name, pair.privateKey) }
}

/** A server that vouches for itself. */
export function createSelfSigned(options: CertificateOptions): Certificate {
  return issued(options, options.hosts[0]!)
}

function issued(options: CertificateOptions, issuer: string, signer?: KeyObject): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = certificate({
    issuer,
    subject: options.hosts[0]!,
    publicKey,
    signer: signer ?? privateKey,
    extensions: [alternativeNames(options.hosts)],
    ...options,
  })
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

interface Contents {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly Buffer[]
  readonly fromMs?: number
  readonly toMs?: number
}

/** An X.509 certificate of version 3 (RFC 5280), as PEM. */
function certificate({ issuer, subject, publicKey, signer, extensions, ...times }: Contents): string {
  const { fromMs = Date.now() - DAY_MS, toMs = Date.now() + DAY_MS } = times
  const content = sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.of(1), randomBytes(8)),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    sequence(generalizedTime(fromMs), generalizedTime(toMs)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const signed = sequence(content, ECDSA_WITH_SHA256, bitString(sign('sha256', content, signer)))
  const lines = signed.toString('base64').match(/.{1,64}/g)!
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content])
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content])
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts)
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value))
}

function bitString(bytes: Uint8Array): Buffer {
  return der(0x03, Buffer.of(0), bytes)
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

const ECDSA_WITH_SHA256: Buffer = sequence(objectId('2a8648ce3d040302'))
const COMMON_NAME: Buffer = objectId('550403')
const BASIC_CONSTRAINTS: Buffer = objectId('551d13')
const ALTERNATIVE_NAMES: Buffer = objectId('551d11')
const TRUE: Buffer = der(0x01, Buffer.of(0xff))

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))))
}

function generalizedTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)
  return der(0x18, Buffer.from(`${digits}Z`))
}

function basicConstraints(): Buffer {
  return sequence(BASIC_CONSTRAINTS, TRUE, der(0x04, sequence(TRUE)))
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  )
  return sequence(ALTERNATIVE_NAMES, der(0x04, sequence(...names)))
}
