/** `specification`: the API's own rule. `ours`: a rule of Waybill, usually because the API would go wrong silently. */
export type IssueOrigin = 'specification' | 'ours'
export type Severity = 'error' | 'warning'

export interface IssueDefinition {
  /** Whose rule it is: the specification, ours, or the delivery. */
  readonly origin: IssueOrigin
  /** An `error` refuses the event, a `warning` does not. */
  readonly severity: Severity
  /** What is wrong, as one sentence. */
  readonly about: string
  /** What to do next. */
  readonly fix: string
}

/** Code → origin, severity, what is wrong, what to do next. */
const TABLE = {
  not_an_object: ['specification', 'error', 'An event is a JSON object.', 'Send one object for each conversion.'],
  missing_field: [
    'specification',
    'error',
    'A required field is missing.',
    'Add the field; id, type, the time and data are needed in every event.',
  ],
  invalid_type: [
    'specification',
    'error',
    'The value has the wrong JSON type.',
    'Change the type; leave a field without a value out instead of sending null.',
  ],
  empty_value: ['specification', 'error', 'The value must not be empty.', 'Give it a value, or leave the field out.'],
  unknown_field: [
    'specification',
    'error',
    'The key is not one the API knows; an unknown key fails the event.',
    'Rename it to the key that was meant, or remove it.',
  ],
  two_timestamps: [
    'specification',
    'error',
    'The event has both timestamp_ms and timestamp.',
    'Keep timestamp_ms (wire form) or timestamp (friendly form).',
  ],
  unknown_event_type: [
    'specification',
    'error',
    'type is no standard event name.',
    'Use one of the standard names, or type "custom" with custom_event_name.',
  ],
  timestamp_not_integer: [
    'specification',
    'error',
    'timestamp_ms has a fraction; it is a whole number of milliseconds.',
    'Drop the fraction.',
  ],
  timestamp_in_seconds: [
    'specification',
    'error',
    'The time is in seconds; the API reads milliseconds.',
    'Multiply by 1,000.',
  ],
  timestamp_in_microseconds: [
    'specification',
    'error',
    'The time is in microseconds; the API reads milliseconds.',
    'Divide by 1,000 and drop the fraction.',
  ],
  timestamp_in_nanoseconds: [
    'specification',
    'error',
    'The time is in nanoseconds; the API reads milliseconds.',
    'Divide by 1,000,000 and drop the fraction.',
  ],
  event_timestamp_too_old: [
    'specification',
    'error',
    'The action is older than 7 days; the API takes it no more.',
    'It cannot be sent any more. Never change the time to make it pass.',
  ],
  expires_too_soon: [
    'ours',
    'error',
    'The 7 days end before a request could be answered.',
    'It cannot be sent any more. Send events as they happen.',
  ],
  event_timestamp_in_future: [
    'specification',
    'error',
    'The action lies over 10 minutes in the future.',
    'Check the clock and the time zone of the system that wrote the time.',
  ],
  missing_custom_event_name: [
    'specification',
    'error',
    'A custom event needs custom_event_name.',
    'Add the name that the pixel uses for the same conversion.',
  ],
  invalid_custom_event_name: [
    'specification',
    'error',
    'custom_event_name is 1 to 64 letters, digits, _ or -, and begins and ends with a letter or digit.',
    'Rename it, for example quote_requested.',
  ],
  reserved_custom_event_name: [
    'specification',
    'error',
    'custom_event_name is the name of a standard event.',
    'Send it as that standard event, or choose another name.',
  ],
  invalid_action_source: [
    'specification',
    'error',
    'action_source is none of the values the API knows.',
    'Use web, mobile_app, offline, physical_store, phone_call, email or other.',
  ],
  app_event_action_source: [
    'specification',
    'error',
    'App events need action_source "mobile_app".',
    'Set action_source to mobile_app.',
  ],
  missing_source_url: [
    'specification',
    'error',
    'action_source web needs source_url.',
    'Add the page where it happened, or the action_source that is true.',
  ],
  invalid_source_url: [
    'specification',
    'error',
    'source_url is not an absolute http(s) URL with a host.',
    'Send it as https://shop.example.com/path.',
  ],
  missing_event_data_type: [
    'specification',
    'error',
    'data.type must be a supported data type.',
    'Use the one that the event name demands.',
  ],
  data_type_mismatch: [
    'specification',
    'error',
    'data.type is not the shape that this event name demands.',
    'Set data.type to the shape named in the message.',
  ],
  unknown_data_field: [
    'specification',
    'error',
    'data has a key that this shape does not know.',
    'Rename it to the key that was meant, or remove it.',
  ],
  decimal_amount: [
    'specification',
    'error',
    'amount has decimals; the API reads an integer in the minor unit (cents).',
    "Use money('25.99', 'USD'), which gives 2599 without rounding.",
  ],
  missing_currency: ['specification', 'error', 'An amount needs a currency.', 'Add the ISO 4217 code beside it.'],
  invalid_currency: [
    'specification',
    'error',
    'currency is no active ISO 4217 code.',
    'Use a code such as USD, EUR or JPY.',
  ],
  invalid_country: [
    'specification',
    'error',
    'The country is no ISO 3166-1 alpha-2 code in upper case.',
    'Use two letters such as US, GB or DE.',
  ],
  invalid_postal_code: [
    'specification',
    'error',
    'A postal code has only letters, digits, spaces and hyphens, at most 32.',
    'Send the postal code alone.',
  ],
  too_long: [
    'specification',
    'error',
    'The text is longer than the API takes.',
    'Shorten it to the limit in the message.',
  ],
  invalid_ip_address: [
    'specification',
    'error',
    'This is neither an IPv4 nor an IPv6 address.',
    'Send one address, without port and without a list of proxies.',
  ],
  invalid_hash: [
    'specification',
    'error',
    'This is not a SHA-256 as the API takes it: 64 lowercase hex digits.',
    'Hash the normalised value, or use the friendly form with the raw one.',
  ],
  raw_identity: [
    'specification',
    'error',
    'This key would carry an identity in clear; the API takes only its SHA-256.',
    'Use the key named in the message, or the friendly form, which hashes.',
  ],
  identity_not_in_contract: [
    'specification',
    'error',
    'This contract has no such user field, so it must not be sent.',
    'Remove it, or set contract to "2026-11" if the account reads the newer keys.',
  ],

  unsafe_amount: [
    'ours',
    'error',
    'The number is larger than 2^53 − 1 and has already lost digits.',
    'Send the exact amount in minor units.',
  ],
  ambiguous_amount: [
    'ours',
    'error',
    'A bare number could mean 25 dollars or 25 cents.',
    "Write a decimal string ('25.99') with currency, or money('25.99', 'USD').",
  ],
  invalid_amount: [
    'ours',
    'error',
    'The amount is not a plain decimal.',
    'Write it as 1234.50: a point, no thousands separator, no currency sign.',
  ],
  too_many_decimals: [
    'ours',
    'error',
    'The amount has more decimals than the currency; it is not rounded.',
    'Give an amount that the currency can hold.',
  ],
  currency_without_minor_unit: [
    'ours',
    'error',
    'ISO 4217 defines no minor unit for this code.',
    'Use the currency that was paid.',
  ],
  currency_mismatch: [
    'ours',
    'error',
    'The amount carries another currency than the field beside it.',
    'Keep one of the two.',
  ],
  invalid_timestamp: [
    'ours',
    'error',
    'The time cannot be read.',
    'Use a Date, ISO 8601 with an offset such as 2026-03-01T12:00:00Z, or Unix milliseconds.',
  ],
  timestamp_without_offset: [
    'ours',
    'error',
    'The time has no offset from UTC.',
    'Add Z or an offset such as +02:00; for files, say --time-zone Europe/Berlin.',
  ],
  nonexistent_local_time: [
    'ours',
    'error',
    'This local time does not exist: clocks were put forward over it.',
    'Correct the time, or export it with an offset.',
  ],
  ambiguous_local_time: [
    'ours',
    'warning',
    'This local time happened twice; the earlier one was taken.',
    'Export the time with an offset.',
  ],
  invalid_identity: [
    'ours',
    'error',
    'The identity cannot be normalised, so its hash could match nobody.',
    'Send the value as the message describes, or leave it out.',
  ],
  empty_identity: ['ours', 'error', 'The identity is empty after normalising.', 'Leave the field out.'],
  malformed_hash: [
    'ours',
    'error',
    'This was meant as a SHA-256 but is not 64 lowercase hex digits.',
    'Give the raw value, or the hash in the right form.',
  ],
  invalid_list_value: [
    'ours',
    'error',
    'The API skips this value of the list silently.',
    'Correct it or remove it from the list.',
  ],
  too_many_values: [
    'ours',
    'warning',
    'The API takes only the first three values of a list; the contract 2026-06 takes one.',
    'Put the best values first.',
  ],
  hash_of_empty_value: [
    'ours',
    'warning',
    'This is the SHA-256 of an empty text; it was left out.',
    'Leave the field out when there is no value.',
  ],
  means_nothing: [
    'ours',
    'warning',
    'This word stands for no value, as null or N/A do; it was left out.',
    'Leave the field out when there is no value.',
  ],
  identity_cleaned: [
    'ours',
    'warning',
    'What stood around the value was taken off before sending.',
    'Clean it where it is kept, so that others hash the same text.',
  ],
  doubtful_phone: [
    'ours',
    'warning',
    'Without + and its country code the hash of the number may match nobody.',
    'Write it as +49 151 23456789, without (0).',
  ],
  identity_translated: [
    'ours',
    'warning',
    'The key or form belongs to the other generation; it was sent as this one writes it.',
    'Nothing: what both can say is translated.',
  ],
  country_uppercased: [
    'ours',
    'warning',
    'The country was written in upper case before sending.',
    'Write it in upper case.',
  ],
  private_ip_address: [
    'ours',
    'warning',
    'The address is private or loopback: that of a proxy, not of the visitor.',
    'Take it from X-Forwarded-For: the setting is usually called "trust proxy".',
  ],
  not_json: [
    'ours',
    'error',
    'The value cannot be written as JSON, or is nested too deep.',
    'Send plain JSON of at most 32 levels.',
  ],
  inexact_number: [
    'ours',
    'error',
    'The number has more digits than JavaScript can hold.',
    'Write it as a text, or with at most 15 digits.',
  ],
  id_too_long: [
    'ours',
    'error',
    'The id has more than 1,024 bytes in UTF-8, which the relay does not take.',
    'Use a shorter id, in the pixel too; of a long key, its SHA-256.',
  ],
  raw_value_left_out: ['ours', 'warning', 'A raw value was left out in the database.', 'Hash it before.'],
  not_allowed_to_bring: [
    'ours',
    'error',
    'Who brought the event may bring none for this pixel.',
    'Allow it there, or bring it for another.',
  ],
  unreadable_event: ['ours', 'error', 'Reading the event raised an exception.', 'Send a plain object without getters.'],
  email_outside_user: [
    'ours',
    'error',
    'An email address stands outside user, where it would travel in clear.',
    'Remove it; in user it is hashed.',
  ],
  phone_outside_user: [
    'ours',
    'error',
    'A phone number stands outside user; inside a longer text this is a warning.',
    'Remove it, or make an id of it with eventId().',
  ],
  removed_value: [
    'ours',
    'error',
    'A personal value stood here and was not kept.',
    'Put the right value there, or leave the field out.',
  ],
  credentials_in_url: ['ours', 'error', 'source_url carries a user name or password.', 'Send the address without it.'],

  source_url_shortened: [
    'ours',
    'warning',
    'Query and fragment of source_url were removed before sending.',
    'Send origin and path only, or set the option that keeps them.',
  ],
  currency_uppercased: [
    'ours',
    'warning',
    'The currency was written in upper case before sending.',
    'Write it in upper case.',
  ],
  custom_event_name_lowercased: [
    'ours',
    'warning',
    'custom_event_name was lowercased before sending, as the API does.',
    'Use the lowercase name on the pixel too.',
  ],
  unused_custom_event_name: [
    'ours',
    'warning',
    'custom_event_name has no effect on a standard event.',
    'Remove it, or set type to custom.',
  ],
  suspicious_amount: [
    'ours',
    'warning',
    'The amount is exactly 100 times, or a hundredth of, what the items add up to.',
    'Write all amounts in the minor unit, such as cents, once.',
  ],
  negative_amount: [
    'ours',
    'warning',
    'A negative amount is not documented; refunds are not conversions.',
    'Do not send refunds and cancellations as events.',
  ],
  suspicious_quantity: [
    'ours',
    'warning',
    'The quantity is less than one.',
    'Send the number of items that were bought.',
  ],
  id_with_spaces: [
    'ours',
    'warning',
    'The id has white space at an end, so it will not match the id of the pixel.',
    'Trim it on both sides.',
  ],
  amount_rounded: [
    'ours',
    'warning',
    'The amount had more decimals than its currency, and was rounded.',
    'Send whole minor units, or set excessDecimals to "refuse".',
  ],
  unused_field: [
    'ours',
    'warning',
    'A field that may say something of the conversion was not used.',
    'Use a name of docs/sources.md, or say in a mapping what it is.',
  ],
  waits_for_its_time: [
    'ours',
    'warning',
    'The action lies in the future; the event waits for it.',
    'Check the clock that wrote the time.',
  ],

  malformed_row: ['ours', 'error', 'The row cannot be read.', 'Correct the row; the others went on without it.'],
  invalid_cell: [
    'ours',
    'error',
    'The cell cannot be read as what its column holds.',
    'Correct the cell as the message says.',
  ],
  amount_below_items: [
    'ours',
    'warning',
    'The amount of an order is less than its items cost together.',
    'Is it the amount of a line? Then "amount": { "sum": "column" } in the map adds the lines up.',
  ],
  order_of_nothing: [
    'ours',
    'warning',
    'The amount of an order is 0; it is sent as an order that cost nothing.',
    'Leave rows out with "where" in a map.',
  ],
  conflicting_repeat: [
    'ours',
    'error',
    'An earlier event has the same id and type but other content; the first one counts.',
    'Give another conversion an id of its own, or remove it.',
  ],

  event_too_large: [
    'ours',
    'error',
    'The event alone is larger than a request may be.',
    'Send fewer items or shorter texts.',
  ],
  unexplained_rejection: [
    'ours',
    'error',
    'The API refuses every event of this kind.',
    'Compare the reason with the last change of your code or of the account.',
  ],
  unconfirmed_rejection: ['ours', 'error', 'The API refused it once: that is not final.', 'Send it again.'],
  fails_alone: ['ours', 'error', 'The API fails on this event and answers others.', 'Send it again later.'],
  everything_too_large: [
    'ours',
    'error',
    'Even the smallest request is answered 413.',
    'Look at proxies on the way to the endpoint.',
  ],
  not_judging: ['ours', 'error', 'The API refuses even the least event.', 'Run waybill doctor.'],
  not_the_api: ['ours', 'error', "Refused without the API's own JSON.", 'Look at proxies on the way to the endpoint.'],
  counts_none: [
    'ours',
    'error',
    'The API answers 200 and counts none of the events.',
    'Copy the Pixel ID (not the source id) from Ads Manager; key and pixel belong together.',
  ],
  count_mismatch: [
    'ours',
    'warning',
    'The API counted fewer events than were sent, twice; it may not count repeats.',
    'Compare with the reports.',
  ],
  contradicted_rejection: [
    'ours',
    'warning',
    'The API refused this event and then took it alone.',
    'Nothing: the event was delivered.',
  ],
  gave_up: [
    'ours',
    'error',
    'The endpoint could not be reached or kept answering with errors.',
    'Send again later; it counts once.',
  ],
  timed_out: [
    'ours',
    'error',
    'The time for the whole send was used up.',
    'Send again, or allow more with totalTimeoutMs; it counts once.',
  ],
  aborted: ['ours', 'error', 'The send was interrupted.', 'Send again; it counts once.'],
  queue_full: [
    'ours',
    'error',
    'More events were tracked than the queue holds.',
    'Raise maxQueue, flush more often, or run the relay.',
  ],
  client_closed: [
    'ours',
    'error',
    'The event was tracked after close().',
    'Track before closing, or create another client.',
  ],
  unauthorized: [
    'ours',
    'error',
    'The API does not accept the key.',
    'Copy the key from the conversions tab in Ads Manager.',
  ],
  wrong_key_family: [
    'ours',
    'error',
    'It is not a Conversions API key.',
    'Use the key from the conversions tab in Ads Manager.',
  ],
  unknown_pixel: [
    'ours',
    'error',
    'The API does not know this Pixel ID for this key.',
    'Copy the Pixel ID (not the source id) from Ads Manager; key and pixel belong together.',
  ],
  blocked_by_firewall: [
    'ours',
    'error',
    'A web firewall refused the request before it reached the API.',
    'Look for a proxy that changes headers.',
  ],
  forbidden: [
    'ours',
    'error',
    'The API forbids this request.',
    'Check that the key may send conversions for this pixel.',
  ],
  not_found: ['ours', 'error', 'The endpoint does not exist.', 'Check the endpoint setting: it is a base URL.'],
  redirected: [
    'ours',
    'error',
    'The endpoint redirects; no redirect is followed with the key.',
    'If you trust it, set endpoint to the address that it names.',
  ],
  request_rejected: [
    'ours',
    'error',
    'The API refused the request itself and not an event in it.',
    'Usually the Pixel ID is missing.',
  ],
} as const

export type IssueCode = keyof typeof TABLE

/**
 * Every code that `check` and the readers of files can give: the closed list. `docs/issues.md` and `waybill explain` are made
 * from it.
 */
export const ISSUES: Readonly<Record<IssueCode, IssueDefinition>> = Object.fromEntries(
  Object.entries(TABLE).map(([code, [origin, severity, about, fix]]) => [code, { origin, severity, about, fix }]),
) as Record<IssueCode, IssueDefinition>

/** One thing that is wrong, or worth knowing. */
export interface Issue {
  /** One of {@link ISSUES}; in outcomes of a send also a code of the API or of the delivery. */
  readonly code: string
  /** Where, as in `data.contents[0].amount`; empty for the event as a whole. */
  readonly path: string
  /** For people. Never holds a value of the event that could be personal. */
  readonly message: string
  /** Warnings never stop an event. */
  readonly severity: Severity
  /** What to do, where more is known than the code says. */
  readonly hint?: string
}

/** Builds an issue of the closed list; `message` and `hint` default to what the list says. */
export function issue(
  code: IssueCode,
  path: string,
  about: { message?: string | undefined; hint?: string | undefined; severity?: Severity | undefined } = {},
): Issue {
  const definition = ISSUES[code]
  return {
    code,
    path,
    message: about.message ?? definition.about,
    severity: about.severity ?? definition.severity,
    hint: about.hint ?? definition.fix,
  }
}
