import { nearestKey } from 'waybill'
import type { z } from 'zod'
import type { Merged } from './environment.ts'
import type { Fault } from './fault.ts'
import { splitListen } from './listen.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { keysAt } from './reference.ts'
import { type Settings, settingsSchema } from './schema.ts'

/** The settings, or everything that is wrong with them. */
export interface ReadSettings {
  readonly settings: Settings | undefined
  readonly faults: readonly Fault[]
}

/** Checks what file and environment say by the schema, and what the schema cannot say: that names are used once. */
export function readSettings({ raw, origins }: Merged): ReadSettings {
  const result = settingsSchema.safeParse(raw)
  const faults = result.success
    ? [...repeated(result.data), ...exposed(result.data)]
    : result.error.issues.flatMap(faultsOf)
  const named = faults.map(({ key, remedy }) => ({ key: origins.get(key) ?? key, remedy }))
  return { settings: result.success && named.length === 0 ? result.data : undefined, faults: unique(named) }
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ key: pathOf(issue.path), remedy: issue.message }]
  return issue.keys.map((key) => ({ key: pathOf([...issue.path, key]), remedy: unknownKey(key, issue.path) }))
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (path[0] === 'pixels' && /^api_?key$/i.test(key)) {
    return 'a key does not belong in this file: name its environment variable with apiKeyEnv, or its file with apiKeyFile'
  }
  const nearest = nearestKey(key, keysAt(path))
  return nearest === undefined ? 'unknown key: remove it' : `unknown key: did you mean ${nearest}?`
}

/** `['pixels', 0, 'contract']` → `pixels[0].contract`. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text.replace(/^\./, '') || 'the configuration'
}

function repeated({ pixels, intakeTokens, adminTokens }: Settings): Fault[] {
  return [
    ...repeats(
      'pixels',
      'pixelId',
      pixels.map(({ pixelId }) => pixelId),
    ),
    ...repeats(
      'intakeTokens',
      'name',
      intakeTokens.map(({ name }) => name),
    ),
    ...repeats(
      'adminTokens',
      'name',
      adminTokens.map(({ name }) => name),
    ),
  ]
}

function repeats(list: string, key: string, values: readonly string[]): Fault[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [
          {
            key: `${list}[${index}].${key}`,
            remedy: `the same as in ${list}[${values.indexOf(value)}]: keep one of them`,
          },
        ]
      : [],
  )
}

/** Without a token the relay would take events from whoever reaches it. */
function exposed({ listen, intakeTokens }: Settings): Fault[] {
  if (intakeTokens.length > 0 || isLoopbackHost(splitListen(listen).host)) return []
  const remedy = 'this address can be reached by others: set WAYBILL_INTAKE_TOKEN, or listen on 127.0.0.1'
  return [{ key: 'listen', remedy }]
}

/** One variable may stand behind a key of every pixel; its fault is told once. */
function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.key}\0${fault.remedy}`, fault])).values()]
}
