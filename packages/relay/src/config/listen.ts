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
