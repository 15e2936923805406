import type { ContractSetting } from 'waybill'
import type { RelayConfig, SourceConfig } from '../config/index.ts'
import type { PixelConfig } from '../engine/index.ts'
import { type Holder, TokenBook, type Tokens } from '../http/index.ts'

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

  /** Of the pages that a token is for. */
  get origins(): ReadonlySet<string> {
    return new Set(
      this.#config.intakeTokens.flatMap(({ browserOrigins = [] }) => browserOrigins.map((one) => one.toLowerCase())),
    )
  }

  get tokens(): Tokens {
    return this.#tokens
  }

  /** Whose admin token has this digest. */
  holderOf(digest: string): Holder | undefined {
    const token = this.#tokens.admin.findByDigest(digest)
    return token && { who: token.name, role: token.role, pixels: token.pixels }
  }

  get hasAdminTokens(): boolean {
    return !this.#tokens.admin.isEmpty
  }

  /** The configured sources of a kind, those without a name first, with the contract of their pixel. */
  sourcesOf(kind: string, pixelId: string): readonly (SourceConfig & { readonly contract: ContractSetting })[] {
    const pixel = this.#pixels.get(pixelId)
    if (pixel === undefined) return []
    return this.#config.sources
      .filter((one) => one.source === kind && one.pixelId === pixelId)
      .sort((one, other) => Number(one.name !== undefined) - Number(other.name !== undefined))
      .map((one) => ({ ...one, contract: pixel.contract }))
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

function tokensOf({ intakeTokens, adminTokens }: RelayConfig): Pick<Tokens, 'intake' | 'admin'> {
  return { intake: new TokenBook(intakeTokens), admin: new TokenBook(adminTokens) }
}

function pixelsOf({ pixels }: RelayConfig): ReadonlyMap<string, PixelConfig> {
  return new Map(pixels.map((pixel) => [pixel.pixelId, pixel]))
}
