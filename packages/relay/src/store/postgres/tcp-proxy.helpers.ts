import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

interface Way {
  readonly client: Socket
  readonly server: Socket
  /** Something that went over it was swallowed. */
  isTorn: boolean
  /** Called as its next answer is lost. */
  lose: (() => void) | undefined
}

/** What begins the message that tells a connection its number. */
const KEY_DATA = Buffer.from([0x4b, 0, 0, 0, 12])

/** A way to a server that can be cut, for tests. */
export class TcpProxy {
  readonly #ways: Set<Way> = new Set()
  readonly #listener: Server
  #target: URL
  #mode: 'pass' | 'swallow' | 'refuse' = 'pass'
  #renumbers = false
  #losing: { readonly text: string; readonly lost: () => void } | undefined

  constructor(target: string) {
    this.#target = new URL(target)
    this.#listener = createServer((client) => {
      const { hostname, port } = this.#target
      if (this.#mode === 'refuse') client.destroy()
      else this.#join({ client, server: connect(Number(port), hostname), isTorn: false, lose: undefined })
    })
  }

  /** New connections lead to another server; those that there are stay as they are. */
  lead(target: string): void {
    this.#target = new URL(target)
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#listener.listen(0, '127.0.0.1', resolve))
    return this
  }

  /** The URL of the server, by way of the proxy. */
  urlOf(url: string): string {
    const parsed = new URL(url)
    parsed.host = `127.0.0.1:${(this.#listener.address() as AddressInfo).port}`
    return parsed.href
  }

  /** Nothing that is sent from now on arrives, in either direction, and nobody is told. */
  swallow(): void {
    this.#mode = 'swallow'
  }

  /** What is sent from now on arrives. Ways over which something was swallowed end. */
  heal(): void {
    this.#mode = 'pass'
    for (const way of this.#ways) if (way.isTorn) this.#end(way)
  }

  /** Every connection ends; new ones can be made. */
  cut(): void {
    for (const way of this.#ways) this.#end(way)
  }

  /** Every connection ends, and new ones too, until `heal`. */
  refuse(): void {
    this.#mode = 'refuse'
    this.cut()
  }

  /** From here on each connection is told a number that is not that of the session which serves it, as a pooler does. */
  renumber(): void {
    this.#renumbers = true
  }

  /** The next statement with this text arrives and is done; its answer is lost, and with it the connection. Resolves once it was. */
  loseAnswer(text: string): Promise<void> {
    return new Promise((lost) => {
      this.#losing = { text, lost }
    })
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#listener.close(resolve))
  }

  #join(way: Way): void {
    this.#ways.add(way)
    this.#pass(way, way.client, way.server, (data) => {
      if (this.#losing === undefined || !data.includes(this.#losing.text)) return true
      way.lose = this.#losing.lost
      this.#losing = undefined
      return true
    })
    this.#pass(way, way.server, way.client, (data) => {
      const at = this.#renumbers ? data.indexOf(KEY_DATA) : -1
      if (at >= 0) data.writeUInt32BE(1, at + KEY_DATA.length)
      if (way.lose === undefined) return true
      way.lose()
      this.#end(way)
      return false
    })
  }

  /** `look`: whether what came is sent on. */
  #pass(way: Way, from: Socket, to: Socket, look: (data: Buffer) => boolean): void {
    from.on('data', (data) => {
      if (this.#mode === 'swallow') way.isTorn = true
      else if (look(data)) to.write(data)
    })
    from.on('error', () => this.#end(way))
    from.on('close', () => {
      if (this.#mode !== 'swallow') this.#end(way)
    })
  }

  #end(way: Way): void {
    this.#ways.delete(way)
    way.client.destroy()
    way.server.destroy()
  }
}

/** Listens on loopback, before the server of a URL. */
export function startTcpProxy(target: string): Promise<TcpProxy> {
  return new TcpProxy(target).listen()
}
