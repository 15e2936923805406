import { DAY_MS } from 'waybill/delivery'
import { z } from 'zod'
import { type Answer, errorAnswer, jsonAnswer } from '../answer.ts'
import { type Call, checkedRoute, type Route } from '../route.ts'
import type { People } from './admit-person.ts'
import { wayOf } from './page-origin.ts'
import type { Link } from './session.ts'

/** A link as it is listed: never its token. */
export interface LinkView {
  readonly id: string
  readonly name: string
  readonly pixels: readonly string[]
  readonly by: string
  readonly createdMs: number
  readonly expiresMs: number
  readonly lastUsedMs: number | null
  readonly withdrawnMs: number | null
}

export const linkSchema: z.ZodType<LinkView> = z.strictObject({
  id: z.string(),
  name: z.string(),
  pixels: z.array(z.string()),
  by: z.string(),
  createdMs: z.number(),
  expiresMs: z.number(),
  lastUsedMs: z.number().nullable(),
  withdrawnMs: z.number().nullable(),
})

export interface LinkOptions {
  readonly people: () => People
  /** Without an admin token nobody but this machine reaches the page. */
  readonly hasTokens: () => boolean
  readonly knows: (pixel: string) => Promise<boolean>
  /** Where the page listens, for a link that is made by a program. */
  readonly address: () => string
  /** Keeps who did what. */
  readonly record: (action: {
    readonly by: string
    readonly verb: string
    readonly about: Readonly<Record<string, unknown>>
  }) => Promise<void>
}

const MAX_DAYS = 366
const MAX_PIXELS = 100
const PIXELS = 'write 1 to 100 Pixel IDs'
const DAYS = `write a number of days from 1 to ${MAX_DAYS}`
const NAME = 'write at most 100 characters'

const linkBody = z.strictObject({
  pixels: z
    .array(z.string({ error: PIXELS }).min(1, { error: PIXELS }), { error: PIXELS })
    .min(1, { error: PIXELS })
    .max(MAX_PIXELS, { error: PIXELS }),
  days: z.number({ error: DAYS }).min(1, { error: DAYS }).max(MAX_DAYS, { error: DAYS }).default(30),
  name: z.string({ error: NAME }).trim().max(100, { error: NAME }).default('').meta({ description: 'Whom it is for.' }),
})
type LinkBody = z.output<typeof linkBody>
const madeSchema: z.ZodType = z.strictObject({
  link: linkSchema,
  url: z.string().meta({ description: 'With the token behind `#`. It is shown this once.' }),
})

/** `/api/links`: a reader's way to the page for somebody without a token. */
export function linkRoutes(options: LinkOptions): readonly Route[] {
  const { people } = options
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/links',
      access: 'admin',
      summary: 'The links that were made, the newest first, also those that ended.',
      answers: { 200: 'The links.' },
      answerBodies: { 200: z.strictObject({ links: z.array(linkSchema) }) },
      handle: async ({ pixels }) => jsonAnswer(200, { links: seenBy(pixels, people().sessions.links()).map(linkView) }),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/links',
      access: 'admin',
      summary: 'Makes a link that shows some pixels for so many days and changes nothing.',
      body: linkBody,
      answers: {
        201: 'The link. Its address is shown this once.',
        404: 'There is no such pixel.',
        409: 'Without an admin token nobody but this machine reaches the page.',
      },
      answerBodies: { 201: madeSchema },
      handle: (call) => make(call, options),
    }),
    checkedRoute({
      method: 'POST',
      path: '/api/links/:id/withdraw',
      access: 'admin',
      summary: 'Ends a link, and every session that was opened with it.',
      params: z.object({ id: z.string().max(100) }),
      body: z.strictObject({}),
      answers: { 200: 'It has ended.', 404: 'There is no such link.' },
      answerBodies: { 200: z.strictObject({ link: linkSchema }) },
      handle: (call) => withdraw(call, options),
    }),
  ]
}

async function make(
  { body: { pixels, days, name }, who, caller, ...admitted }: Call<unknown, unknown, LinkBody>,
  { people, hasTokens, knows, address, record }: LinkOptions,
): Promise<Answer> {
  if (!hasTokens()) return NO_TOKEN
  const areKnown = await Promise.all(pixels.map((pixel) => maySee(admitted.pixels, pixel) && knows(pixel)))
  if (areKnown.includes(false)) return NO_PIXEL
  const { sessions, publicUrl } = people()
  const { link, token } = await sessions.addLink({
    name: name || pixels.join(', '),
    pixels,
    by: who,
    forMs: days * DAY_MS,
  })
  await record({
    by: who,
    verb: 'link:make',
    about: { link: link.id, name: link.name, pixels, expiresMs: link.expiresMs },
  })
  const way = wayOf(caller, publicUrl)
  const base = publicUrl ?? (way.kind === 'plain' ? address() : way.origin)
  return jsonAnswer(201, { link: linkView(link), url: `${base}/#link=${token}` })
}

async function withdraw(
  { params, who, pixels }: Call<{ id: string }, unknown, unknown>,
  { people, record }: LinkOptions,
): Promise<Answer> {
  const { sessions } = people()
  const [known] = seenBy(pixels, sessions.links()).filter(({ id }) => id === params.id)
  const link = known && (await sessions.withdraw(known.id))
  if (link === undefined) return NO_LINK
  if (known?.withdrawnMs === undefined)
    await record({ by: who, verb: 'link:withdraw', about: { link: link.id, name: link.name } })
  return jsonAnswer(200, { link: linkView(link) })
}

/** Whoever sees some pixels has to do with links to these alone. */
function seenBy(pixels: '*' | readonly string[], links: readonly Link[]): Link[] {
  return links.filter((link) => link.pixels.every((pixel) => maySee(pixels, pixel)))
}

function maySee(pixels: '*' | readonly string[], pixel: string): boolean {
  return pixels === '*' || pixels.includes(pixel)
}

function linkView({ digest: _digest, lastUsedMs, withdrawnMs, ...link }: Link): LinkView {
  return { ...link, lastUsedMs: lastUsedMs ?? null, withdrawnMs: withdrawnMs ?? null }
}

const NO_LINK = errorAnswer(404, 'There is no such link.', { param: 'id', code: 'not_found' })
const NO_PIXEL = errorAnswer(404, 'There is no such pixel.', { param: 'pixels', code: 'not_found' })
const NO_TOKEN = errorAnswer(
  409,
  'Without an admin token nobody but this machine reaches the page: set WAYBILL_ADMIN_TOKEN first.',
  { code: 'no_admin_token' },
)
