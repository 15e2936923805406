const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6_CHARACTERS = /^[0-9a-f:.]{2,45}$/i

/** True for one IPv4 address without leading zeroes, or one IPv6 address without a zone. */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (text.includes(':') && IPV6_CHARACTERS.test(text) && URL.canParse(`http://[${text}]/`))
}

const MAPPED = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/

/** The IPv4 address that an IPv6 one only wraps (`::ffff:203.0.113.1`); `undefined` for every other. */
export function embeddedIpv4(address: string): string | undefined {
  if (!address.includes(':')) return undefined
  const groups = MAPPED.exec(new URL(`http://[${address}]/`).hostname)
  if (groups === null) return undefined
  const [high, low] = groups.slice(1).map((group) => Number.parseInt(group, 16)) as [number, number]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** RFC 1918, loopback, link-local, shared address space (RFC 6598), and the address that is none. */
const PRIVATE_IPV4 =
  /^(?:10|127|0)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./
/** Unique local, link-local, loopback and unspecified, as a URL writes them. */
const PRIVATE_IPV6 = /^\[(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1?\])/
const PUBLIC_IPV4 = new RegExp(`(?!${PRIVATE_IPV4.source})${IPV4.source}`)

/** True for an IPv4 address that is no private one: most visitors have one. */
export const isPublicIpv4 = (text: string): boolean => PUBLIC_IPV4.test(text)

/** True for an address that no visitor has: a proxy's, or the machine's own. */
export const isPrivateAddress = (address: string): boolean =>
  address.includes(':') ? PRIVATE_IPV6.test(new URL(`http://[${address}]/`).hostname) : PRIVATE_IPV4.test(address)
