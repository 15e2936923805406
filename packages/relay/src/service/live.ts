import type { Contract } from 'waybill'
import type { RelayConfig, SourceConfig } from '../config/index.ts'
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

  /** A configured source, with the contract of its pixel. */
  sourceOf(name: string, pixelId: string): (SourceConfig & { readonly contract: Contract }) | undefined {
    const found = this.#config.sources.find((one) => one.source === name && one.pixelId === pixelId)
    const pixel = this.#pixels.get(pixelId)
    return found && pixel && { ...found, contract: pixel.contract }
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
