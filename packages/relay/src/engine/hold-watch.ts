import { type HeldPart, unlessPassing } from '../store/index.ts'
import { isOperatorHold } from './hold.ts'
import type { EngineParts } from './parts.ts'
import type { PixelDelivery } from './pixel-delivery.ts'

/** Sees what other relays hold and resume, by a version that rises with each hold: plans under way stop, and go on. */
export class HoldWatch {
  readonly #parts: Pick<EngineParts, 'store' | 'events'>
  readonly #pixels: ReadonlyMap<string, PixelDelivery>
  #version = Number.NEGATIVE_INFINITY
  #heldShapes: ReadonlySet<string> = new Set()

  constructor(parts: Pick<EngineParts, 'store' | 'events'>, pixels: ReadonlyMap<string, PixelDelivery>) {
    this.#parts = parts
    this.#pixels = pixels
  }

  async see(version: number): Promise<void> {
    if (version === this.#version) return
    // Where that fails the next look sees the same version.
    await unlessPassing(async () => {
      const holds = await this.#parts.store.holds()
      this.#version = version
      this.#apply(holds)
    })
  }

  #apply(holds: readonly HeldPart[]): void {
    const held = new Set(
      holds.filter((hold) => hold.shape === undefined && isOperatorHold(hold)).map(({ pixel }) => pixel),
    )
    for (const [id, pixel] of this.#pixels) {
      if (held.has(id)) pixel.halt('held')
      else pixel.goOn('held')
    }
    const shapes = new Map(holds.filter(({ shape }) => shape !== undefined).map((hold) => [keyOf(hold), hold]))
    // What was resumed starts anew, or the next refusal would bring the hold back.
    for (const key of this.#heldShapes) {
      const [pixel, shape] = JSON.parse(key) as [string, string]
      if (!shapes.has(key)) this.#pixels.get(pixel)?.learned.endStreak(shape)
    }
    this.#heldShapes = new Set(shapes.keys())
    this.#parts.events.emit('holds:changed', {})
  }
}

function keyOf({ pixel, shape }: HeldPart): string {
  return JSON.stringify([pixel, shape])
}
