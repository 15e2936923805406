import { z } from 'zod'
import { type Arrival, type IntakeResult, isAboutIdentity, type PixelConfig } from '../../engine/index.ts'
import { pixelField } from '../admin/fields.ts'
import { maySee } from '../admin/scope.ts'
import { type Answer, errorAnswer, jsonAnswer, laterAnswer } from '../answer.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import { type Behaviour, type Sandbox, SandboxRefusal } from './sandbox.ts'

export interface SandboxRouteOptions {
  readonly sandbox: Sandbox
  readonly pixelOf: (pixel: string) => PixelConfig | undefined
  readonly accept: (arrival: Arrival) => Promise<readonly IntakeResult[]>
}

const SHARE = 'write a share from 0 to 1'
const share = z.number({ error: SHARE }).min(0, { error: SHARE }).max(1, { error: SHARE })

const behaveBody = z.strictObject({
  pixel: pixelField,
  faults: z
    .record(z.string().max(20), share)
    .optional()
    .meta({ description: 'Kind → share of requests, such as `{"503": 0.5}`; takes the place of all.' }),
  errors: z.enum(['all', 'first', 'none', 'wrong']).optional(),
  latencyMs: z.number().min(0).max(60_000).optional(),
  poison: z
    .string()
    .max(1_000)
    .nullable()
    .optional()
    .meta({ description: 'Refuses events whose id matches; `null`: none.' }),
})
type BehaveBody = z.output<typeof behaveBody>

const sendBody = z.strictObject({
  pixel: pixelField,
  event: z.unknown().meta({ description: 'In either form, as intake takes it.' }),
})
type SendBody = z.output<typeof sendBody>

const sandboxSchema: z.ZodType = z.strictObject({
  pixels: z.array(z.string()).meta({ description: 'Those whose endpoint is an emulator.' }),
  pixel: z.string(),
  faults: z.record(z.string(), z.number()),
  errors: z.string(),
  latencyMs: z.number(),
  poison: z.string().nullable(),
  stored: z.number(),
  duplicates: z.number(),
  requests: z.number(),
  last: z.array(z.unknown()).meta({ description: 'What it stored last, the newest first.' }),
})
const sentSchema: z.ZodType = z.strictObject({
  id: z.string(),
  status: z.enum(['accepted', 'duplicate', 'conflict', 'refused']),
  issues: z.array(z.unknown()),
})

/** `/api/sandbox`: send, break and watch, where the endpoint is the emulator. */
export function sandboxRoutes(options: SandboxRouteOptions): readonly Route[] {
  const common = { 404: 'No pixel has the emulator for its endpoint, or this one has not.' }
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/sandbox',
      access: 'viewer',
      summary: 'How the emulator behind a pixel behaves, and what it has stored.',
      query: z.strictObject({ pixel: pixelField.optional() }),
      answers: { 200: 'How it is.', ...common },
      answerBodies: { 200: sandboxSchema },
      handle: ({ query, pixels }) => guarded(() => view(query.pixel, pixels, {}, options)),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/sandbox/behave',
      access: 'admin',
      summary: 'Has the emulator refuse, fail or lag, from the next request on.',
      body: behaveBody,
      answers: { 200: 'How it behaves now.', ...common },
      answerBodies: { 200: sandboxSchema },
      handle: ({ body: { pixel, faults, ...others }, pixels }: Call<unknown, unknown, BehaveBody>) =>
        guarded(() => view(pixel, pixels, { ...given(others), ...(faults && { fault: faults }) }, options)),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/sandbox/send',
      access: 'admin',
      summary: 'Brings an event, as a source of yours would.',
      body: sendBody,
      answers: { 200: 'What intake says of it.', ...common },
      answerBodies: { 200: sentSchema },
      handle: (call: Call<unknown, unknown, SendBody>) => guarded(() => send(call, options)),
    }),
  ]
}

async function view(
  wanted: string | undefined,
  scope: Call<unknown, unknown, unknown>['pixels'],
  changes: Partial<Behaviour>,
  { sandbox }: SandboxRouteOptions,
): Promise<Answer> {
  const pixels = (await sandbox.pixels()).filter((pixel) => maySee(scope, pixel))
  const pixel = wanted ?? pixels[0]
  if (pixel === undefined || !pixels.includes(pixel)) return NO_SANDBOX
  const [behaviour, ledger] = await Promise.all([sandbox.behave(pixel, changes), sandbox.ledger(pixel)])
  if (behaviour === undefined || ledger === undefined) return NO_SANDBOX
  const { fault, errors, latencyMs, poison } = behaviour
  return jsonAnswer(200, { pixels, pixel, faults: fault, errors, latencyMs, poison, ...ledger })
}

async function send(
  { body: { pixel, event }, who, pixels }: Call<unknown, unknown, SendBody>,
  { sandbox, pixelOf, accept }: SandboxRouteOptions,
): Promise<Answer> {
  const config = pixelOf(pixel)
  const isThere = config !== undefined && maySee(pixels, pixel) && (await sandbox.pixels()).includes(pixel)
  if (!isThere) return NO_SANDBOX
  const { contract, invalidIdentity = 'drop' } = config
  const [result] = await accept({ pixel, contract, invalidIdentity, source: `sandbox of ${who}`, events: [event] })
  const { id, status, issues } = result!
  return jsonAnswer(200, { id, status, issues: status === 'accepted' ? issues.filter(isAboutIdentity) : issues })
}

function given<Parts extends object>(parts: Parts): Partial<Behaviour> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** The emulator is a program of its own: what it refuses is the caller's, and that it is gone is nobody's. */
async function guarded(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SandboxRefusal) return errorAnswer(400, error.message, { code: 'invalid_behaviour' })
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return AWAY
    throw error
  }
}

const NO_SANDBOX = errorAnswer(
  404,
  'There is no sandbox: point the endpoint of a pixel to the emulator, as in WAYBILL_ENDPOINT=http://127.0.0.1:8788 with waybill emulate.',
  { code: 'no_sandbox' },
)
const AWAY = laterAnswer(503, 2, 'The emulator does not answer.', 'emulator_away')
