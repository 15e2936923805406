import { readdirSync, readFileSync } from 'node:fs'
import { NOBODYS_DIGEST, PLAIN_IDENTITY } from 'waybill/identity'
import { MAX_EVENT_BYTES, MAX_OPENS, outboxRules } from 'waybill/outbox'

/** Shipped beside `src` and `dist`, from both of which the path is the same. */
const FOLDER = new URL('../../migrations/outbox/', import.meta.url)

/** One step of the outbox's schema, as SQL for a shop's own migration tool. */
export interface OutboxMigration {
  readonly version: number
  readonly name: string
  readonly up: string
  /** Takes the step back, with everything that still waits in it. */
  readonly down: string
}

/** Names of roles in the shop's database. */
export interface OutboxRoles {
  /** Owns the schema; nobody logs in as it. */
  readonly owner: string
  /** What the relay's role is a member of. */
  readonly relay: string
  /** Who brings conversions; `undefined`: whoever runs the SQL. */
  readonly caller: string | undefined
}

export const DEFAULT_ROLES: OutboxRoles = { owner: 'waybill_owner', relay: 'waybill_relay', caller: undefined }

/** A list may be as long as this, in bytes, and hold as many `{` and `[`. */
const MAX_LIST_BYTES = 1_048_576
const MAX_LIST_OPENS = 8_000

/** Every step, the oldest first. What was released never changes: a shop may have run it. */
export function readOutboxMigrations(roles: OutboxRoles = DEFAULT_ROLES): OutboxMigration[] {
  const values = valuesOf(roles)
  return readdirSync(FOLDER)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const name = file.replace(/\.sql$/, '')
      return {
        version: Number(file.slice(0, 4)),
        name,
        up: render(file, values),
        down: render(`${name}.down.sql`, values),
      }
    })
}

function render(file: string, values: ReadonlyMap<string, string>): string {
  return readFileSync(new URL(file, FOLDER), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name: string) => values.get(name)!)
}

function valuesOf({ owner, relay, caller }: OutboxRoles): ReadonlyMap<string, string> {
  const { user, eventKeys, dataKeys, itemKeys } = outboxRules()
  const clear = Object.keys(user).filter((key) => user[key] === 'clear')
  return new Map([
    ['owner', identifier(owner)],
    ['owner_text', literal(owner)],
    ['taker', identifier(relay)],
    ['taker_text', literal(relay)],
    ['caller', caller === undefined ? 'current_user' : identifier(caller)],
    ['user_kinds', literal(JSON.stringify(user))],
    ['event_keys', array(eventKeys)],
    ['all_event_keys', array([...eventKeys, 'user', 'data'])],
    ['data_keys', array(dataKeys)],
    ['item_keys', array(itemKeys)],
    ['types', literal(TYPES)],
    ['known_items', literal(knownItems(itemKeys))],
    ['plain_user_keys', array([...clear, 'email_sha256', 'external_id_sha256'])],
    ['email', literal(PLAIN_IDENTITY.email.pattern)],
    ['external_id', literal(PLAIN_IDENTITY['external-id'].pattern)],
    ['no_external_id', literal(PLAIN_IDENTITY['external-id'].except ?? '')],
    ['phone', literal(PLAIN_IDENTITY.phone.pattern)],
    ['hash_of_nothing', literal(NOBODYS_DIGEST)],
    ['person_key', literal(`"[^"]*(${PERSON_KEYS})`)],
    [
      'person_value',
      literal(
        `("[^"\\\\]*(?:${PERSON_KEYS})[^"\\\\]*"[ \\t\\r\\n]*:[ \\t\\r\\n]*)("(?:[^"\\\\]|\\\\.)*"|-?[0-9][-+.eE0-9]*)`,
      ),
    ],
    ['person_name', literal(`(${PERSON_KEYS})`)],
    ['max_event_bytes', String(MAX_EVENT_BYTES)],
    ['max_opens', String(MAX_OPENS)],
    ['max_list_bytes', String(MAX_LIST_BYTES)],
    ['max_list_opens', String(MAX_LIST_OPENS)],
  ])
}

/** JSON path, true where what may hold more does, and nothing else in its place; `type()` alone does not look into lists by itself. */
const TYPES = [
  '$.data.type() == "object"',
  '!exists($.user.type() ? (@ != "object"))',
  '!exists($.data.contents.type() ? (@ != "array"))',
  '!exists($.data.contents[*].type() ? (@ != "object"))',
].join(' && ')

/** JSON path, true where the items of `contents` are objects of known keys. */
function knownItems(keys: readonly string[]): string {
  const isUnknown = keys.map((key) => `@.key != "${key}"`).join(' && ')
  return `!exists($.data.contents[*].type() ? (@ != "object")) && !exists($.data.contents[*].keyvalue() ? (${isUnknown}))`
}

/** Where keys are free, these hold what somebody is called, or where to find them. */
const PERSON_KEYS = [
  '(first|last|given|family|middle|full|maiden|nick|display|user|sur|fore|customer|client|buyer|contact|recipient|billing|shipping|holder|person|owner|sender|payer|guest|member|visitor)[_ .-]?names?',
  'vorname|nachname|familienname|prenom|apellido|cognome|sobrenome|voornaam|achternaam',
  '(?<!head|ear|micro|smart|mega|saxo|gramo|xylo)phone|mobile|msisdn|whatsapp|e-?mail|street|address',
  '^(customer|client|buyer|recipient|contact|person|lead|guest|profile|traits)$',
].join('|')

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
const array = (texts: readonly string[]): string => literal(`{${texts.join(',')}}`)
