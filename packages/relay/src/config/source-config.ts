import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, errorText, isWaybillError } from 'waybill'
import type { SignatureScheme, Source } from 'waybill/sources'
import type { PixelConfig } from '../engine/index.ts'
import { createSource, type SourceName, sourceContract, WEBHOOKS } from '../sources/index.ts'
import type { SourceEntry } from './schema.ts'
import type { SecretReader } from './secret.ts'

/** A source that is ready: options and mapping judged, secrets read. */
export interface SourceConfig {
  readonly source: SourceName
  readonly name: string | undefined
  readonly pixelId: string
  readonly secrets: readonly string[]
  readonly map: Source
  readonly signature: SignatureScheme | undefined
  readonly publicUrl: string | undefined
  readonly waitForBuyerMs: number
}

export interface SourceParts {
  readonly pixels: readonly PixelConfig[]
  readonly secrets: SecretReader
  /** Relative paths start here. */
  readonly folder: string
}

/** Makes a source of each entry; what is wrong with one is noted with the secrets' faults. */
export function readSources(entries: readonly SourceEntry[], parts: SourceParts): SourceConfig[] {
  return entries.flatMap((entry, index) => {
    const at = `sources[${index}]`
    const pixel = parts.pixels.find(({ pixelId }) => pixelId === entry.pixelId)
    const first = entries.findIndex(
      ({ source, pixelId, name }) => source === entry.source && pixelId === entry.pixelId && name === entry.name,
    )
    if (pixel === undefined) parts.secrets.note(`${at}.pixelId`, 'no pixel of this id is configured: add it to pixels')
    if (first !== index)
      parts.secrets.note(at, `sources[${first}] is the same source for the same pixel: keep one, or give each a name`)
    const map = createMap(entry, at, pixel, parts)
    const secrets = readSecrets(entry, at, parts)
    const { source, name, pixelId, signature, publicUrl, waitForBuyerMs } = entry
    return map === undefined ? [] : [{ source, name, pixelId, secrets, map, signature, publicUrl, waitForBuyerMs }]
  })
}

function createMap(
  { source, name, mappingFile, options }: SourceEntry,
  at: string,
  pixel: PixelConfig | undefined,
  { secrets, folder }: SourceParts,
): Source | undefined {
  try {
    const mapping = mappingFile === undefined ? {} : { mapping: readMapping(resolve(folder, mappingFile)) }
    return createSource(
      source,
      { ...(name !== undefined && { name }), ...options, ...mapping },
      sourceContract(pixel?.contract),
    )
  } catch (error) {
    if (!isWaybillError(error)) throw error
    secrets.note(mappingFile === undefined ? `${at}.options` : `${at}.mappingFile`, errorText(error))
    return undefined
  }
}

function readMapping(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const what =
      error instanceof SyntaxError ? 'is not valid JSON: fix it' : 'cannot be read: check the path and its rights'
    throw new ConfigError('invalid_mapping', `the file ${path} ${what}`)
  }
}

function readSecrets({ source, secretEnv, secretFile }: SourceEntry, at: string, { secrets }: SourceParts): string[] {
  if (Object.hasOwn(WEBHOOKS, source)) return secrets.readAll(at, 'secret', { env: secretEnv, file: secretFile })
  if (secretEnv !== undefined || secretFile !== undefined)
    secrets.note(at, `${source} has no secret of its own: its calls show an intake token`)
  return []
}
