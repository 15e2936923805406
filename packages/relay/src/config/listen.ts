/** Where the service listens. */
export interface Listen {
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
}

/** Reads `host:port`, which the schema has checked. */
export function splitListen(listen: string): Listen {
  const colon = listen.lastIndexOf(':')
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) }
}

/** The address that a listener of this kind is reached at from its own machine. */
export function urlOf({ host, port }: Listen): string {
  const isAny = host === '0.0.0.0' || host === '::'
  const name = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
