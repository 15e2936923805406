import {
  CONTRACT_SETTINGS,
  type ContractSetting,
  DEFAULT_ENDPOINT,
  eventsUrl,
  type InvalidIdentity,
  type Preflight,
} from 'waybill'
import { DAY_MS, HOUR_MS } from 'waybill/delivery'
import type { SignatureScheme } from 'waybill/sources'
import { z } from 'zod'
import { SOURCE_NAMES, type SourceName } from '../sources/index.ts'
import { type OutboxEntry, outboxEntry } from './outbox-schema.ts'
import { file, objectRemedy, oneOf, partName, pixelId, text, variable, wholeNumber } from './schema-parts.ts'

/** One system that brings events in its own form. */
export interface SourceEntry {
  readonly source: SourceName
  readonly name?: string | undefined
  readonly pixelId: string
  readonly secretEnv?: string | undefined
  readonly secretFile?: string | undefined
  readonly mappingFile?: string | undefined
  readonly publicUrl?: string | undefined
  readonly signature?: SignatureScheme | undefined
  readonly options: Readonly<Record<string, unknown>>
  readonly waitForBuyerMs: number
}

/** The configuration as it is written, environment merged in and defaults filled in; secrets are still references. */
export interface Settings {
  readonly listen: string
  readonly dataDir: string
  readonly store: string
  readonly storeUrlFile?: string | undefined
  readonly pixels: readonly PixelSettings[]
  readonly intakeTokens: readonly IntakeTokenSettings[]
  readonly adminTokens: readonly AdminTokenSettings[]
  readonly adminListen?: string | undefined
  readonly publicUrl?: string | undefined
  readonly page: boolean
  readonly maxBodyBytes: number
  readonly maxQueuedEvents: number
  readonly maxInFlightBytes: number
  readonly sources: readonly SourceEntry[]
  readonly outbox: readonly OutboxEntry[]
  readonly retentionDays: number
  readonly timeZone: string
  readonly contextDays: number
  readonly keepBodies: boolean
  readonly graceMs: number
  readonly logLevel: (typeof LOG_LEVELS)[number]
}

export interface PixelSettings {
  readonly pixelId: string
  readonly apiKeyEnv?: string | undefined
  readonly apiKeyFile?: string | undefined
  readonly contract: ContractSetting
  readonly invalidIdentity: InvalidIdentity
  readonly preflight: Preflight
  readonly endpoint: string
  readonly allowHttp: readonly string[]
  readonly maxRequestsPerSecond: number
  readonly maxWaitMs: number
  readonly concurrency: number
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly integrationSource?: string | undefined
  readonly endpointIsRelay?: boolean | undefined
}

export interface TokenSettings {
  readonly name: string
  readonly token?: string | undefined
  readonly tokenEnv?: string | undefined
  readonly tokenFile?: string | undefined
}

export const ADMIN_ROLES = ['reader', 'operator'] as const
/** `reader`: sees; `operator`: also changes. */
export type AdminRole = (typeof ADMIN_ROLES)[number]

export interface AdminTokenSettings extends TokenSettings {
  readonly role: AdminRole
  readonly pixels: '*' | readonly string[]
}

export interface IntakeTokenSettings extends TokenSettings {
  readonly pixels: '*' | readonly string[]
  readonly browserOrigins: readonly string[]
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
const INVALID_IDENTITY = ['drop', 'refuse'] as const
const PREFLIGHTS = ['always', 'novel', 'never'] as const

const LISTEN = 'write host:port, such as 127.0.0.1:8787 or [::1]:8787'
const RATE = 'write a number above 0, at most 1,000'
const SOURCE = 'write 1 to 64 letters, digits, dots, underscores or hyphens, beginning with a letter or digit'
const PUBLIC_URL = 'write a base URL such as https://events.example.com'
const PAGE_URL = 'write the https address of the page without a path, such as https://waybill.example.com'
const ORIGIN = 'write the origin of a page, such as https://shop.example.com'
const ORIGINS = 'write a list of origins, such as ["https://shop.example.com"]'
const HTTP_NAME = 'write a name such as relay, or an address such as 10.0.0.5'
const HTTP_NAMES = 'write a list of names and addresses, such as ["relay"]'
const TIME_ZONE = 'write the name of a time zone, such as Europe/Berlin or UTC'
const YES_OR_NO = 'write true or false'
const PIXELS = 'write "*" for all pixels, or a list of Pixel IDs'

const listenAddress = z
  .string({ error: LISTEN })
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:\s/[\]]+):\d{1,5}$/, { error: LISTEN })
  .refine((value) => Number(value.slice(value.lastIndexOf(':') + 1)) < 65_536, { error: LISTEN })
const pixel: z.ZodType<PixelSettings> = z
  .strictObject(
    {
      pixelId: pixelId.meta({ description: 'From the conversions tab in Ads Manager.', env: 'WAYBILL_PIXEL_ID' }),
      apiKeyEnv: variable.optional().meta({ description: 'Environment variable that holds the Conversions API key.' }),
      apiKeyFile: file.optional().meta({
        description: 'File that holds the key; read again on SIGHUP. A relative path starts at the configuration file.',
      }),
      contract: oneOf(CONTRACT_SETTINGS).default('auto').meta({
        description:
          "Generation of the API's contract, in which `user` is sent. `auto` asks the API with `validate_only` and remembers.",
        env: 'WAYBILL_CONTRACT',
      }),
      invalidIdentity: oneOf(INVALID_IDENTITY).default('drop').meta({
        description:
          'What a malformed value of `user` does at intake: `drop` leaves it out, with a warning in the answer; `refuse` refuses the event.',
        env: 'WAYBILL_INVALID_IDENTITY',
      }),
      preflight: oneOf(PREFLIGHTS).default('novel').meta({
        description: 'What the API validates before it is sent: every batch, the first of each shape, or nothing.',
        env: 'WAYBILL_PREFLIGHT',
      }),
      endpoint: z.string({ error: 'write a base URL such as https://bzr.openai.com' }).default(DEFAULT_ENDPOINT).meta({
        description: 'Base URL of the API: https, or http to loopback and to what `allowHttp` lists.',
        env: 'WAYBILL_ENDPOINT',
      }),
      allowHttp: z.array(text(HTTP_NAME), { error: HTTP_NAMES }).default([]).meta({
        description:
          'Names and addresses to which http is taken, exactly as listed: never the API, and only where every address behind them is private or loopback.',
        env: 'WAYBILL_ALLOW_HTTP',
      }),
      maxRequestsPerSecond: z
        .number({ error: RATE })
        .positive({ error: RATE })
        .max(1_000, { error: RATE })
        .default(10)
        .meta({ description: 'Requests to the API in a second, at most.', env: 'WAYBILL_MAX_REQUESTS_PER_SECOND' }),
      maxWaitMs: wholeNumber(0, HOUR_MS).default(0).meta({
        description:
          'How long an event may wait until its request is full (1,000 events, or `maxBodyBytes`), in milliseconds; what is near its end never waits. 0: none waits.',
      }),
      concurrency: wholeNumber(1, 100).default(4).meta({ description: 'Requests to the API at a time.' }),
      timeoutMs: wholeNumber(100, 600_000).default(30_000).meta({ description: 'Time for one request.' }),
      maxBodyBytes: wholeNumber(1_000, 100_000_000)
        .default(4_000_000)
        .meta({ description: 'Largest body of a request.' }),
      integrationSource: z
        .string({ error: SOURCE })
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, { error: SOURCE })
        .optional()
        .meta({ description: 'Names your integration to the API.' }),
      endpointIsRelay: z.boolean({ error: YES_OR_NO }).optional().meta({
        description:
          'The endpoint is a Waybill relay of version 0.1.0, which does not say so in a header: what it says of single events is believed.',
      }),
    },
    { error: objectRemedy },
  )
  .superRefine(refuseEndpoint)

const tokenKeys = {
  name: text('give the token a name: accounts and actions carry it').max(100, {
    error: 'write at most 100 characters',
  }),
  tokenEnv: variable.optional().meta({ description: 'Environment variable that holds the token.' }),
  tokenFile: file.optional().meta({ description: 'File that holds the token; read again on SIGHUP.' }),
  token: text('write the token').optional().meta({
    description: 'The token itself. Better elsewhere: whoever reads the file has it.',
  }),
}

const intakeToken: z.ZodType<IntakeTokenSettings> = z.strictObject(
  {
    ...tokenKeys,
    name: tokenKeys.name.meta({ description: 'Who brings events with it, as accounts show it.' }),
    pixels: z
      .union([z.literal('*'), z.array(pixelId, { error: PIXELS })], { error: PIXELS })
      .default('*')
      .meta({ description: 'The pixels it may bring events for; `"*"` for all.' }),
    browserOrigins: z
      .array(z.string({ error: ORIGIN }).regex(/^https?:\/\/[^\s/?#@]+$/i, { error: ORIGIN }), { error: ORIGINS })
      .default([])
      .meta({
        description:
          'Pages that may show it as the write key of their tracking SDK. Everybody can read it there, so that it is for tracking calls alone.',
      }),
  },
  { error: objectRemedy },
)

const adminToken: z.ZodType<AdminTokenSettings> = z.strictObject(
  {
    ...tokenKeys,
    name: tokenKeys.name.meta({ description: 'Who acts with it, as the record of actions shows it.' }),
    role: oneOf(ADMIN_ROLES)
      .default('operator')
      .meta({ description: '`reader`: sees the page and the lists; `operator`: also changes, holds and resumes.' }),
    pixels: z
      .union([z.literal('*'), z.array(pixelId, { error: PIXELS }).min(1, { error: PIXELS })], { error: PIXELS })
      .default('*')
      .meta({ description: 'The pixels it is for; to its holder there are no others. `"*"` for all.' }),
  },
  { error: objectRemedy },
)

const signatureScheme: z.ZodType<SignatureScheme> = z.strictObject(
  {
    header: text('name the header').meta({ description: 'The header with the signature.' }),
    encoding: oneOf(['hex', 'base64']).default('hex').meta({ description: 'How the signature is written.' }),
    prefix: z
      .string({ error: 'write a text' })
      .optional()
      .meta({ description: 'What stands before it, such as `sha256=`.' }),
    timestampHeader: text('name the header').optional().meta({
      description: 'The header with the time of signing; then `<time>.<body>` is signed, and old calls are refused.',
    }),
  },
  { error: objectRemedy },
)

const sourceEntry: z.ZodType<SourceEntry> = z.strictObject(
  {
    source: oneOf(SOURCE_NAMES).meta({ description: 'Which system.' }),
    name: partName.optional().meta({
      description:
        "Tells it from others of its kind for the same pixel: the last part of the webhook's address, the intake token of tracking calls. Stands for the shop where the calls name none.",
    }),
    pixelId: pixelId.meta({ description: 'The pixel that its events are for.' }),
    secretEnv: variable.optional().meta({ description: "Environment variable with the webhook's secret." }),
    secretFile: file.optional().meta({
      description:
        'File with the secret; read again on SIGHUP. Several lines are several secrets, while one takes the place of another.',
    }),
    mappingFile: file.optional().meta({ description: 'Mapping (JSON) that overrides what becomes of which call.' }),
    publicUrl: z
      .string({ error: PUBLIC_URL })
      .regex(/^https?:\/\/[^\s?#]+$/, { error: PUBLIC_URL })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .meta({ description: 'Base URL under which the sender knows the relay; HubSpot signs it.' }),
    signature: signatureScheme
      .optional()
      .meta({ description: 'How a `generic` sender signs. Default: `x-signature-256: sha256=<hex>`.' }),
    options: z
      .record(z.string(), z.unknown(), { error: objectRemedy })
      .default({})
      .meta({ description: 'Options of the source, as docs/sources.md has them.' }),
    waitForBuyerMs: wholeNumber(0, HOUR_MS)
      .default(60_000)
      .meta({ description: 'How long a call that names nobody waits for one about the same conversion that does.' }),
  },
  { error: objectRemedy },
)

const STORE = 'write "sqlite", or the URL of a PostgreSQL database, such as postgres://waybill@db.example.com/waybill'

/** The one definition: it checks the file, gives the defaults, and is printed as the reference. */
export const settingsSchema: z.ZodType<Settings> = z.strictObject(
  {
    $schema: z
      .string({ error: 'write the path of the schema' })
      .optional()
      .meta({ description: 'Where an editor finds the schema of this file; the relay ignores it.' }),
    listen: listenAddress
      .default('127.0.0.1:8787')
      .meta({ description: 'Host and port of the HTTP service; port 0 takes any.', env: 'WAYBILL_LISTEN' }),
    dataDir: text('write the path of a folder')
      .default('waybill-data')
      .meta({ description: 'Folder of the data, readable by its owner alone.', env: 'WAYBILL_DATA_DIR' }),
    store: text(STORE)
      .regex(/^(?:sqlite|postgres(?:ql)?:\/\/\S+)$/, { error: STORE })
      .default('sqlite')
      .meta({
        description:
          'Where events are kept: `sqlite` for `waybill.db` in the folder, or `postgres://role@host/database`, which several relays can share. Whoever reads the file has a password that stands in it: better `storeUrlFile`.',
        env: 'WAYBILL_STORE',
      }),
    storeUrlFile: file.optional().meta({
      description: 'File that holds the URL of a PostgreSQL database, in place of `store`.',
      env: 'WAYBILL_STORE_URL_FILE',
    }),
    pixels: z
      .array(pixel, { error: 'write a list of pixels' })
      .min(1, {
        error:
          'no pixel is configured: set WAYBILL_PIXEL_ID and WAYBILL_API_KEY, or list pixels in waybill.config.json',
      })
      .default([])
      .meta({ description: 'The pixels that events are taken and delivered for.' }),
    intakeTokens: z.array(intakeToken, { error: 'write a list of tokens' }).default([]).meta({
      description: 'Who may bring events. Without any, only programs on this machine can.',
      env: 'WAYBILL_INTAKE_TOKEN',
    }),
    adminTokens: z.array(adminToken, { error: 'write a list of tokens' }).default([]).meta({
      description: 'Who may use `/api`. Without any, it exists for programs on this machine only.',
      env: 'WAYBILL_ADMIN_TOKEN',
    }),
    adminListen: listenAddress.optional().meta({
      description:
        'Host and port of a listener of their own for the page, `/login`, `/api` and `/metrics`. Default: the address of `listen`.',
      env: 'WAYBILL_ADMIN_LISTEN',
    }),
    publicUrl: z
      .string({ error: PAGE_URL })
      .regex(/^https:\/\/[^\s/?#@]+\/?$/i, { error: PAGE_URL })
      .transform((url) => new URL(url).origin)
      .optional()
      .meta({
        description:
          'Address under which a proxy with TLS shows the page; only there, and on this machine, can people log in.',
        env: 'WAYBILL_PUBLIC_URL',
      }),
    page: z
      .boolean({ error: YES_OR_NO })
      .default(true)
      .meta({ description: 'Serve the page at `/`. `/api` is there without it too.' }),
    sources: z.array(sourceEntry, { error: 'write a list of sources' }).default([]).meta({
      description:
        'Systems that bring events in their own form: webhooks at `/webhooks/<source>/<pixel>`, and options of tracking calls.',
    }),
    outbox: z.array(outboxEntry, { error: 'write a list of databases' }).default([]).meta({
      description: "Shops' PostgreSQL databases, from whose outbox conversions are taken (docs/outbox.md).",
    }),
    maxBodyBytes: wholeNumber(1_000, 100_000_000)
      .default(10_000_000)
      .meta({ description: 'Largest body that intake takes; above it 413.' }),
    maxQueuedEvents: wholeNumber(1, 1_000_000_000)
      .default(10_000_000)
      .meta({ description: 'Events that may wait; above it 429 until some have gone.' }),
    maxInFlightBytes: wholeNumber(1_000, 10_000_000_000)
      // Read, parsed and serialised, a body takes several times its size: with 64 MB the process grew above 400 MB.
      .default(16_000_000)
      .meta({
        description:
          'Bytes of request bodies in memory at a time, counted as they come, and half as many for webhooks; where that is full, the slowest ends with 503.',
      }),
    retentionDays: wholeNumber(1, 3_650)
      .default(30)
      .meta({ description: 'Days that accounts are kept after their end.' }),
    timeZone: z
      .string({ error: TIME_ZONE })
      .refine(isTimeZone, { error: TIME_ZONE })
      .default('UTC')
      .meta({ description: 'Zone whose days the page counts by, such as `Europe/Berlin`.', env: 'WAYBILL_TIME_ZONE' }),
    contextDays: wholeNumber(1, 3_650)
      .default(30)
      .meta({ description: 'Days that click references and what goes with them are kept for their orders.' }),
    keepBodies: z.boolean({ error: YES_OR_NO }).default(false).meta({
      description: 'Keep the bodies of delivered events as long as their accounts, instead of dropping them.',
    }),
    graceMs: wholeNumber(0, DAY_MS)
      .default(10_000)
      .meta({ description: 'Time that requests in flight have to end when the relay stops.' }),
    logLevel: oneOf(LOG_LEVELS).default('info').meta({ description: 'Least level that is logged.' }),
  },
  { error: objectRemedy },
)

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}

function refuseEndpoint({ endpoint, allowHttp }: PixelSettings, context: z.RefinementCtx): void {
  try {
    eventsUrl(endpoint, 'pixel', allowHttp)
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['endpoint'], message: (error as Error).message })
  }
}
