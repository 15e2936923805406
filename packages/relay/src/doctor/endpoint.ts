import { isIP } from 'node:net'

/** The address that the API is asked at, as far as the network is concerned. */
export interface Endpoint {
  /** Scheme, host and port, without a path. */
  readonly origin: string
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly isEncrypted: boolean
  /** No name that DNS would be asked for. */
  readonly isAddress: boolean
}

/** Reads a base URL, which the configuration has checked. */
export function endpointOf(url: string): Endpoint {
  const { origin, hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isEncrypted = protocol === 'https:'
  return {
    origin,
    host,
    port: port === '' ? (isEncrypted ? 443 : 80) : Number(port),
    isEncrypted,
    isAddress: isIP(host) !== 0,
  }
}
