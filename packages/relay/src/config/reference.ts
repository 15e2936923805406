import { z } from 'zod'
import { settingsSchema } from './schema.ts'

/** What is read of a JSON Schema here. */
interface Described {
  readonly description?: string
  readonly env?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly type?: string
  readonly properties?: Readonly<Record<string, Described>>
  readonly items?: Described
}

function described(): Described {
  return z.toJSONSchema(settingsSchema, { io: 'input' }) as Described
}

/** The JSON Schema of the file, for editors: completion, and words on hover. */
export function configSchema(): string {
  const schema = { title: 'Configuration of the Waybill relay', ...described() }
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** The keys that are known at a place of the configuration, such as `['pixels', 0]`. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: Described | undefined = described()
  for (const part of path) schema = typeof part === 'number' ? schema?.items : schema?.properties?.[String(part)]
  return Object.keys(schema?.properties ?? {})
}

const HEADER = `# Configuration

<!-- Made from the schema in packages/relay/src/config/schema.ts; do not edit. -->

\`waybill serve\` reads \`waybill.config.json\` (another file: \`--config\` or \`WAYBILL_CONFIG\`) and the environment, which wins; below both,
\`.env.waybill\` beside the file, as \`waybill init\` writes it. The commands that ask a running relay find its address, and its admin token, there too. For one pixel
the environment alone is enough: \`WAYBILL_PIXEL_ID\` and \`WAYBILL_API_KEY\`. Every secret can come from a file: \`WAYBILL_API_KEY_FILE\`,
\`WAYBILL_INTAKE_TOKEN_FILE\`, \`WAYBILL_ADMIN_TOKEN_FILE\`. For the pixel of the environment \`WAYBILL_SHOPIFY_SECRET\`,
\`WAYBILL_STRIPE_SECRET\` and \`WAYBILL_WOOCOMMERCE_SECRET\` (or \`…_FILE\`) are enough to take those webhooks. Variables that set a key
of a pixel set it for every pixel. A wrong value or an unknown key stops the start, and a variable whose name is nearly one of these is
told in the log; \`waybill config print\` shows what is in effect, without the secrets. On SIGHUP all of it is read again: pixels, keys,
tokens, \`maxQueuedEvents\`, \`maxInFlightBytes\` and \`graceMs\` change at once, the rest at the next start.
`

const PARTS = [
  ['The relay', []],
  ['Each of `pixels`', ['pixels', 0]],
  ['Each of `intakeTokens`', ['intakeTokens', 0]],
  ['Each of `adminTokens`', ['adminTokens', 0]],
  ['Each of `sources`', ['sources', 0]],
  ['Each of `outbox`', ['outbox', 0]],
] as const

/** The page on the configuration, as Markdown. */
export function configReference(): string {
  const parts = PARTS.map(([title, path]) => `\n## ${title}\n\n${tableOf(at(path))}`)
  return `${HEADER}${parts.join('')}`
}

function at(path: readonly (string | number)[]): Described {
  let schema = described()
  for (const part of path) schema = (typeof part === 'number' ? schema.items : schema.properties?.[part]) ?? {}
  return schema
}

function tableOf({ properties = {} }: Described): string {
  const rows = Object.entries(properties).map(
    ([key, one]) =>
      `| \`${key}\` | ${one.description ?? ''} | ${allowed(one)} | ${shown(one.default)} | ${code(one.env)} |`,
  )
  return ['| key | what it does | values | default | variable |', '|---|---|---|---|---|', ...rows, ''].join('\n')
}

function allowed({ enum: values, type }: Described): string {
  return values === undefined ? (type ?? '`"*"` or array') : values.map((value) => `\`${value}\``).join(', ')
}

function shown(value: unknown): string {
  return value === undefined ? '' : code(typeof value === 'string' ? value : JSON.stringify(value))
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``
}
