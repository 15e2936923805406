/** Certificates for tests, made on the spot, so that no private key lies in the repository and none ever ends by itself. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  readonly name: string
  readonly privateKey: KeyObject
}

export interface CertificateOptions {
  readonly name: string
  /** Host names and IPv4 addresses it is good for. Without any it is an authority's. */
  readonly hosts?: readonly string[]
  readonly fromYear?: number
  readonly toYear?: number
  /** Default: itself. */
  readonly issuer?: Certificate
}

const ECDSA_WITH_SHA256 = '06082a8648ce3d040302'
const COMMON_NAME = '0603550403'
const ALTERNATIVE_NAMES = '0603551d11'
const BASIC_CONSTRAINTS = '0603551d13'

/** An X.509 certificate (RFC 5280) with the least that OpenSSL wants to see. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { name, hosts = [], fromYear = 2000, toYear = 2999, issuer } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(0x30, hex(ECDSA_WITH_SHA256))
  const body = der(
    0x30,
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('01')),
    algorithm,
    nameOf(issuer?.name ?? name),
    der(0x30, newYear(fromYear), newYear(toYear)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, hosts.length > 0 ? alternativeNames(hosts) : authority())),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const whole = der(0x30, body, algorithm, der(0x03, hex('00'), signature))
  const cert = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), name, privateKey }
}

function nameOf(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, hex(COMMON_NAME), der(0x0c, Buffer.from(name)))))
}

function newYear(year: number): Buffer {
  return der(0x18, Buffer.from(`${year}0101000000Z`))
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  )
  return der(0x30, hex(ALTERNATIVE_NAMES), der(0x04, der(0x30, ...names)))
}

function authority(): Buffer {
  return der(0x30, hex(BASIC_CONSTRAINTS), der(0x04, der(0x30, der(0x01, hex('ff')))))
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex')
}

/** Tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
