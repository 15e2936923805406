import { DATA_KEYS, EVENT_KEYS, ITEM_KEYS } from '../contract/friendly-names.ts'
import { FRIENDLY_USER } from '../contract/friendly-user.ts'
import { TRANSLATED_FIELDS, USER_FIELDS } from '../contract/user-keys.ts'
import { PLAIN_IDENTITY, type PlainKind } from '../identity/plain.ts'

/** How a value of `user` is kept: hashed where it is plain, as the digest that it is, or in clear. */
export type KeptAs = PlainKind | 'digest' | 'clear'

/** What the functions in a shop's database go by: the same data that `check` and `digest` read. */
export interface OutboxRules {
  /** Key of `user`, of either form and generation → how its values are kept. */
  readonly user: Readonly<Record<string, KeptAs>>
  /** Keys of an event that hold one value. */
  readonly eventKeys: readonly string[]
  /** The same of `data`. */
  readonly dataKeys: readonly string[]
  /** The same of an item of `data.contents`. */
  readonly itemKeys: readonly string[]
}

/** Larger texts are not read, in bytes. */
export const MAX_EVENT_BYTES = 65_536
/** Texts with more `{` and `[` are not read: PostgreSQL raises an error where JSON is nested too deep. */
export const MAX_OPENS = 2_000

const OBJECTS: ReadonlySet<string> = new Set(['user', 'data'])
const both = (keys: ReadonlyMap<string, string>): string[] => [...new Set([...keys.keys(), ...keys.values()])]

/** The rules of this version. */
export function outboxRules(): OutboxRules {
  const wire = [...Object.values(USER_FIELDS), ...Object.values(TRANSLATED_FIELDS)].flatMap((fields) => [
    ...fields.keys(),
  ])
  const friendly = [...FRIENDLY_USER].map(([key, { kind }]): [string, KeptAs] => [key, keptAs(kind)])
  return {
    user: Object.fromEntries([
      ...wire.map((key): [string, KeptAs] => [key, key.endsWith('_sha256') ? 'digest' : 'clear']),
      ...friendly,
    ]),
    eventKeys: both(EVENT_KEYS).filter((key) => !OBJECTS.has(key)),
    dataKeys: both(DATA_KEYS),
    itemKeys: both(ITEM_KEYS),
  }
}

/** A name is hashed only after steps that need all of Unicode: in a database it is kept as a digest or not at all. */
function keptAs(kind: string | undefined): KeptAs {
  if (kind === undefined) return 'clear'
  return kind in PLAIN_IDENTITY ? (kind as PlainKind) : 'digest'
}
