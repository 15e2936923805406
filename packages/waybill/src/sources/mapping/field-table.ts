/**
 * How a value is read. `id`: a text that must be whole; `exact`: kept to the last space; `decimal`: an amount as people write it;
 * `minorUnits`: an integer in the unit of the API.
 */
export type FieldKind =
  | 'id'
  | 'text'
  | 'exact'
  | 'timestamp'
  | 'decimal'
  | 'minorUnits'
  | 'currency'
  | 'quantity'
  | 'flag'
export type FieldPart = 'event' | 'user' | 'data' | 'item'

/** A place in the friendly event that a column of a file, or a value of a call, can fill. */
export interface TableField {
  /** As documented. */
  readonly name: string
  /** Where in the event it stands. */
  readonly part: FieldPart
  /** Its key there, in the friendly spelling. */
  readonly key: string
  /** How its text is read. */
  readonly kind: FieldKind
  /** Other names for it. */
  readonly others: readonly string[]
}

/** Without a key of its own a field has its name in the friendly spelling. */
type Line = readonly [name: string, kind?: FieldKind, others?: string, key?: string]

const LINES: Readonly<Record<FieldPart, readonly Line[]>> = {
  event: [
    ['id', 'id'],
    ['type'],
    ['custom_event_name'],
    ['timestamp', 'timestamp', 'timestamp_ms'],
    ['action_source'],
    ['source_url'],
    ['oppref', 'exact'],
    ['opt_out', 'flag'],
  ],
  user: [
    ['email', 'text', 'email_sha256 emails_sha256 emails'],
    ['external_id', 'text', 'external_id_sha256 external_ids_sha256 external_ids'],
    ['phone', 'text', 'phone_number phone_numbers_sha256 phone_numbers'],
    ['first_name', 'text', 'first_names_sha256 first_names'],
    ['last_name', 'text', 'last_names_sha256 last_names'],
    ['country', 'text', 'countries'],
    ['city', 'text', 'cities'],
    ['region', 'text', 'regions'],
    ['zip_code', 'text', 'postal_code postal_codes', 'postalCode'],
    ['ip_address'],
    ['user_agent'],
    ['obref', 'exact'],
    ['android_advertising_id'],
  ],
  data: [
    ['amount', 'decimal'],
    ['data.amount', 'minorUnits', '', 'amount'],
    ['currency', 'currency', 'data.currency'],
    ['plan_id', 'text', 'data.plan_id'],
  ],
  item: [
    ['item_id'],
    ['item_name'],
    ['item_amount', 'decimal'],
    ['item_currency', 'currency'],
    ['content_type', 'text', 'item_content_type'],
    ['quantity', 'quantity', 'item_quantity'],
    ['item_group_id'],
  ],
}

/** What an item calls its own field: `id` for `item_id`. */
export const itemKey = ({ name }: Pick<TableField, 'name'>): string => name.replace(/^item_/, '')

const friendly = (name: string): string =>
  itemKey({ name }).replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

/** Every field that has a name of its own, for files and for the mappings of calls. */
export const FIELD_TABLE: readonly TableField[] = Object.entries(LINES).flatMap(([part, lines]) =>
  lines.map(([name, kind = 'text', others, key = friendly(name)]) => {
    return { name, part: part as FieldPart, key, kind, others: others ? others.split(' ') : [] }
  }),
)

/** A name as it is compared where `_` and case make no difference. */
export const plainName = (name: string): string => name.replaceAll('_', '').toLowerCase()
