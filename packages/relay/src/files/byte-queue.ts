/** Chunks of bytes whose beginning can be looked at before they are read. */
export class ByteQueue implements AsyncIterable<Buffer> {
  readonly #chunks: AsyncIterator<Buffer>
  #head: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The first bytes, read on until `enough` says so or the input ends. Nothing is consumed. */
  async peek(enough: (head: Buffer) => boolean): Promise<Buffer> {
    while (!this.#ended && !enough(this.#head)) {
      const next = await this.#chunks.next()
      if (next.done) this.#ended = true
      else this.#head = Buffer.concat([this.#head, next.value])
    }
    return this.#head
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const head = this.#head
    this.#head = Buffer.alloc(0)
    if (head.length > 0) yield head
    if (this.#ended) return
    yield* { [Symbol.asyncIterator]: () => this.#chunks }
  }
}
