import { z } from 'zod'
import { file, objectRemedy, partName, pixelId, text, variable } from './schema-parts.ts'

/** One shop's database with an outbox. */
export interface OutboxEntry {
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly urlEnv?: string | undefined
  readonly urlFile?: string | undefined
  readonly pixels:
    | '*'
    | readonly (string | { readonly pixelId: string; readonly roles?: readonly string[] | undefined })[]
}

const ROLES = 'write a list of names of database roles'
const OUTBOX_PIXELS = 'write "*" for all pixels, or a list of Pixel IDs, each also as { pixelId, roles }'

export const outboxEntry: z.ZodType<OutboxEntry> = z.strictObject(
  {
    url: text('write the URL of a database, such as postgres://waybill@db.example.com/shop').optional().meta({
      description: 'URL of the database. Better elsewhere where it has a password: whoever reads the file has it.',
    }),
    urlEnv: variable.optional().meta({ description: 'Environment variable that holds the URL.' }),
    urlFile: file.optional().meta({ description: 'File that holds the URL.' }),
    name: partName
      .optional()
      .meta({ description: 'What accounts and numbers call it: `outbox/<name>`. Default: the name of the database.' }),
    pixels: z
      .union(
        [
          z.literal('*'),
          z.array(
            z.union([
              pixelId,
              z.strictObject({ pixelId, roles: z.array(z.string({ error: ROLES }), { error: ROLES }).optional() }),
            ]),
            { error: OUTBOX_PIXELS },
          ),
        ],
        { error: OUTBOX_PIXELS },
      )
      .default('*')
      .meta({
        description:
          'The pixels it may bring events for; `"*"` for all. In place of a Pixel ID also `{ "pixelId": …, "roles": […] }`: only what these database roles brought.',
      }),
  },
  { error: objectRemedy },
)
