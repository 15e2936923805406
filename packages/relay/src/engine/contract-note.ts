import { type Contract, isContract } from 'waybill'
import type { PixelConfig } from './pixel.ts'

/** Where the store keeps what an account was found to read. */
export const contractKey = (pixelId: string): string => `contract:${pixelId}`

/** Key and value of what was found out of an account, for the store. */
export function contractNote({ pixelId, endpoint }: PixelConfig, reads: readonly Contract[]): [string, string] {
  return [contractKey(pixelId), JSON.stringify({ endpoint, reads })]
}

/** What a note says; `undefined` where there is none, or it is of another endpoint. */
export function contractsIn(
  note: string | undefined,
  { endpoint }: Pick<PixelConfig, 'endpoint'>,
): readonly Contract[] | undefined {
  if (note === undefined) return undefined
  const { endpoint: of, reads } = JSON.parse(note) as { readonly endpoint?: unknown; readonly reads?: unknown }
  return of === endpoint && Array.isArray(reads) ? reads.filter(isContract) : undefined
}
