import type { RelayConfig } from '../config/index.ts'
import type { PixelConfig } from '../engine/index.ts'
import { TokenBook, type Tokens } from '../http/index.ts'

/** The configuration in effect, which a reload replaces. */
export class Live {
  #config: RelayConfig
  #tokens: Tokens
  #pixels: ReadonlyMap<string, PixelConfig>

  constructor(config: RelayConfig) {
    this.#config = config
    this.#tokens = tokensOf(config)
    this.#pixels = pixelsOf(config)
  }

  get config(): RelayConfig {
    return this.#config
  }

  get tokens(): Tokens {
    return this.#tokens
  }

  pixelOf(pixelId: string): PixelConfig | undefined {
    return this.#pixels.get(pixelId)
  }

  replace(config: RelayConfig): void {
    this.#config = config
    this.#tokens = tokensOf(config)
    this.#pixels = pixelsOf(config)
  }
}

function tokensOf({ intakeTokens, adminTokens }: RelayConfig): Tokens {
  return { intake: new TokenBook(intakeTokens), admin: new TokenBook(adminTokens) }
}

function pixelsOf({ pixels }: RelayConfig): ReadonlyMap<string, PixelConfig> {
  return new Map(pixels.map((pixel) => [pixel.pixelId, pixel]))
}
