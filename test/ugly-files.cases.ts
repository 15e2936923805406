/** A file as people have it, and what comes of it. All people, orders and numbers are invented; the day is 28 November 2026. */
export interface UglyFile {
  /** What is wrong with files of this kind. */
  readonly kind: string
  /** In `test/fixtures/files`. */
  readonly file: string
  /** With what a person begins. */
  readonly options?: readonly string[]
  readonly map?: Readonly<Record<string, unknown>>
  /** What the first run asks for; it has sent nothing. */
  readonly asks?: string
  /** What the person then says, in place of the first map and beside the first options. */
  readonly settledBy?: {
    readonly options?: readonly string[]
    readonly map?: Readonly<Record<string, unknown>>
    readonly by?: string
  }
  /** `id type time amount-in-minor-units currency items`. */
  readonly events: readonly string[]
  /** Rows that are refused with their reason: code → events. */
  readonly refused?: Readonly<Record<string, number>>
  /** Where the kind is about people: id → keys of the user with the beginning of each value. */
  readonly users?: Readonly<Record<string, string>>
}

const ORDERS = { type: { value: 'order_created' } }

export const UGLY_FILES: readonly UglyFile[] = [
  {
    kind: 'A row number beside the number of the order',
    file: 'row-numbers.csv',
    map: ORDERS,
    asks: 'could be the id: "id"',
    settledBy: { map: { ...ORDERS, id: 'order_id' } },
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 3000 USD 2',
      '1002 order_created 2026-11-28T15:05:00Z 1000 USD 1',
    ],
  },
  {
    kind: 'Integers in JSON that may count cents',
    file: 'charges-in-cents.ndjson',
    events: ['ch_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    kind: 'Integers in JSON that may count cents',
    file: 'integers-and-decimals.ndjson',
    events: [
      'ch_1 order_created 2026-11-28T10:00:00Z 259900 USD 0',
      'ch_2 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'ch_3 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'ch_5 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'ch_6 order_created 2026-11-28T10:00:00Z 1999 USD 0',
      'ch_7 order_created 2026-11-28T10:00:00Z 10000 USD 0',
      '12345678901234567890 order_created 2026-11-28T10:00:00Z 100 USD 0',
    ],
    refused: { ambiguous_amount: 1, invalid_cell: 1, missing_field: 1 },
  },
  {
    kind: 'The amount of each line',
    file: 'amounts-of-lines.csv',
    map: ORDERS,
    asks: 'It looks like the amount of each line',
    settledBy: { map: { ...ORDERS, amount: { sum: 'amount' } } },
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 10000 USD 3',
      '1002 order_created 2026-11-28T15:04:00Z 2000 USD 2',
      '1003 order_created 2026-11-28T15:04:00Z 1000 USD 1',
    ],
  },
  {
    kind: 'Lines that are equal in what is used',
    file: 'equal-lines.csv',
    map: ORDERS,
    events: ['1001 order_created 2026-11-28T10:00:00Z 3000 USD 3'],
  },
  {
    kind: 'Guests, cancelled and refunded orders',
    file: 'guests-and-refunds.csv',
    options: ['--time-zone', 'America/New_York'],
    events: [
      '9001 order_created 2026-11-28T15:15:00Z 4500 USD 0',
      '9002 order_created 2026-11-28T16:15:00Z 2500 USD 0',
    ],
    users: {
      '9001': 'email_sha256 8e43ca37, country US, city Phoenix, zip_code 85004',
      '9002': 'email_sha256 c828d6b9, country US, city Miami, zip_code 33101',
    },
  },
  {
    kind: 'Words for nothing',
    file: 'words-for-nothing.csv',
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1003 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1004 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1005 order_created 2026-11-28T15:04:00Z 2599 USD 1',
      '1006 order_created 2026-11-28T15:04:00Z 2599 USD 0',
    ],
    refused: { missing_field: 2 },
    users: {
      '1001': 'email_sha256 8e43ca37',
      '1002': '',
      '1003': '',
      '1004': '',
      '1005': '',
      '1006': 'email_sha256 6107060a, external_id_sha256 bc47ae33',
    },
  },
  {
    kind: 'Words for nothing',
    file: 'nan-of-a-script.csv',
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      '1003 order_created 2026-11-28T10:00:00Z 2599 USD 0',
    ],
    users: { '1001': '', '1002': '', '1003': '' },
  },
  {
    kind: 'A header that says UTC, under another zone',
    file: 'created-utc.csv',
    options: ['--time-zone', 'America/New_York'],
    events: [
      'pi_1 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'pi_2 order_created 2026-11-28T11:02:00Z 4900 USD 0',
      'pi_3 order_created 2026-11-28T12:00:00Z 8900 JPY 0',
    ],
  },
  {
    kind: 'A header that says UTC, under another zone',
    file: 'created-at-utc.csv',
    options: ['--time-zone', 'Europe/Berlin'],
    events: ['u1 order_created 2026-11-28T10:00:00Z 100 USD 0'],
  },
  {
    kind: 'Day and time of day in two columns',
    file: 'day-clock-and-zone.csv',
    map: { currency: { value: 'USD' } },
    events: ['TX1 order_created 2026-11-28T20:04:05Z 550 USD 1', 'TX2 order_created 2026-11-28T21:04:05Z 700 USD 1'],
  },
  {
    kind: 'Day and time of day in two columns',
    file: 'day-and-clock.csv',
    options: ['--time-zone', 'America/New_York'],
    events: ['E1 order_created 2026-11-28T20:04:05Z 2599 USD 0'],
  },
  {
    kind: 'Lines below an order that have its name only',
    file: 'shop-orders.csv',
    events: [
      '5550000001041 order_created 2026-11-28T14:11:40Z 9650 USD 2',
      '5550000001042 order_created 2026-11-28T15:00:00Z 3200 USD 1',
    ],
  },
  {
    kind: 'Charges, refunds and payouts in one table',
    file: 'charges-refunds-payouts.csv',
    events: ['ch_1 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    kind: 'Several columns that could be the amount',
    file: 'three-totals.csv',
    map: ORDERS,
    asks: 'could be the amount: "Total"',
    settledBy: { map: { ...ORDERS, amount: 'Order Total' } },
    events: ['1001 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    kind: 'Several columns that could be the amount',
    file: 'total-inc-tax.csv',
    events: ['1001 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    kind: 'Ids that a spreadsheet made numbers of',
    file: 'ids-with-exponents.csv',
    map: ORDERS,
    events: [],
    refused: { invalid_cell: 3 },
  },
  {
    kind: 'Ids that a spreadsheet made numbers of',
    file: 'ids-with-spaces.csv',
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T10:00:00Z 2599 USD 0',
    ],
  },
  {
    kind: 'Dirt around addresses and phones',
    file: 'addresses-with-dirt.csv',
    options: ['--contract', '2026-11'],
    events: [
      'e01 lead_created 2026-11-28T10:00:00Z - - 0',
      'e02 lead_created 2026-11-28T10:00:00Z - - 0',
      'e03 lead_created 2026-11-28T10:00:00Z - - 0',
      'e04 lead_created 2026-11-28T10:00:00Z - - 0',
      'e05 lead_created 2026-11-28T10:00:00Z - - 0',
      'e06 lead_created 2026-11-28T10:00:00Z - - 0',
      'e07 lead_created 2026-11-28T10:00:00Z - - 0',
      'e08 lead_created 2026-11-28T10:00:00Z - - 0',
      'e09 lead_created 2026-11-28T10:00:00Z - - 0',
      'e10 lead_created 2026-11-28T10:00:00Z - - 0',
      'e11 lead_created 2026-11-28T10:00:00Z - - 0',
      'e12 lead_created 2026-11-28T10:00:00Z - - 0',
      'e13 lead_created 2026-11-28T10:00:00Z - - 0',
    ],
    users: {
      e01: 'emails_sha256 b4c9a289, external_ids_sha256 73d83a07, countries US, cities Berlin, postal_codes 10115, ip_address 203.0.11, user_agent UA',
      e02: 'emails_sha256 b4c9a289, external_ids_sha256 73d83a07, cities München, postal_codes SW1A 1AA, user_agent UA',
      e03: 'emails_sha256 b4c9a289, external_ids_sha256 39f53ee8, ip_address 203.0.11, user_agent UA',
      e04: 'emails_sha256 b4c9a289, external_ids_sha256 bc47ae33',
      e05: 'emails_sha256 b4c9a289, countries GB',
      e06: 'countries DE',
      e07: 'emails_sha256 b4c9a289, external_ids_sha256 73d83a07, countries DE',
      e08: 'external_ids_sha256 5719af18, countries DE',
      e09: 'emails_sha256 b4c9a289, external_ids_sha256 84b2a5d8, countries DE, postal_codes 02138',
      e10: 'emails_sha256 d242946e, countries DE, postal_codes 02138',
      e11: 'emails_sha256 b3c8b511, countries DE',
      e12: 'countries DE',
      e13: 'emails_sha256 b4c9a289, external_ids_sha256 84b2a5d8, countries DE',
    },
  },
  {
    kind: 'Dirt around addresses and phones',
    file: 'phones-with-dirt.csv',
    options: ['--contract', '2026-11'],
    events: [
      'p1 lead_created 2026-11-28T10:00:00Z - - 0',
      'p2 lead_created 2026-11-28T10:00:00Z - - 0',
      'p3 lead_created 2026-11-28T10:00:00Z - - 0',
      'p4 lead_created 2026-11-28T10:00:00Z - - 0',
      'p5 lead_created 2026-11-28T10:00:00Z - - 0',
      'p6 lead_created 2026-11-28T10:00:00Z - - 0',
      'p7 lead_created 2026-11-28T10:00:00Z - - 0',
      'p8 lead_created 2026-11-28T10:00:00Z - - 0',
      'p9 lead_created 2026-11-28T10:00:00Z - - 0',
      'p10 lead_created 2026-11-28T10:00:00Z - - 0',
      'p11 lead_created 2026-11-28T10:00:00Z - - 0',
      'p12 lead_created 2026-11-28T10:00:00Z - - 0',
    ],
    users: {
      p1: 'phone_numbers_sha256 bad9c98b',
      p2: '',
      p3: '',
      p4: '',
      p5: 'phone_numbers_sha256 bad9c98b',
      p6: '',
      p7: '',
      p8: 'phone_numbers_sha256 bad9c98b',
      p9: '',
      p10: 'phone_numbers_sha256 bad9c98b',
      p11: '',
      p12: '',
    },
  },
  {
    kind: 'Dates and amounts of spreadsheets',
    file: 'thirty-times.csv',
    options: ['--time-zone', 'America/New_York'],
    events: [
      't23 lead_created 2026-11-28T04:30:00Z - - 0',
      't18 lead_created 2026-11-28T05:00:00Z - - 0',
      't25 lead_created 2026-11-28T09:00:00Z - - 0',
      't30 lead_created 2026-11-28T09:00:00Z - - 0',
      't05 lead_created 2026-11-28T09:00:00Z - - 0',
      't03 lead_created 2026-11-28T10:00:00Z - - 0',
      't04 lead_created 2026-11-28T10:00:00Z - - 0',
      't26 lead_created 2026-11-28T10:00:00Z - - 0',
      't29 lead_created 2026-11-28T14:05:00Z - - 0',
      't15 lead_created 2026-11-28T14:12:00Z - - 0',
      't21 lead_created 2026-11-28T20:04:00Z - - 0',
      't22 lead_created 2026-11-28T20:04:00Z - - 0',
      't28 lead_created 2026-11-28T10:00:00Z - - 0',
      't27 lead_created 2026-11-28T14:12:00Z - - 0',
      't01 lead_created 2026-11-28T15:00:00Z - - 0',
      't02 lead_created 2026-11-28T15:00:00Z - - 0',
      't06 lead_created 2026-11-28T15:00:00Z - - 0',
      't07 lead_created 2026-11-28T15:00:00Z - - 0',
      't11 lead_created 2026-11-28T15:04:00Z - - 0',
      't12 lead_created 2026-11-28T15:04:00Z - - 0',
      't08 lead_created 2026-11-28T20:04:00Z - - 0',
      't09 lead_created 2026-11-28T20:04:00Z - - 0',
      't10 lead_created 2026-11-28T20:04:00Z - - 0',
      't19 lead_created 2026-11-28T20:04:00Z - - 0',
      't20 lead_created 2026-11-28T20:04:00Z - - 0',
    ],
    refused: { timestamp_in_seconds: 2, timestamp_in_microseconds: 1, invalid_timestamp: 2 },
  },
  {
    kind: 'Dates and amounts of spreadsheets',
    file: 'us-spreadsheet.csv',
    options: ['--time-zone', 'America/New_York'],
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T20:04:00Z 2599 USD 1',
      '1002 order_created 2026-11-28T20:04:00Z 123456 USD 1',
      '1003 order_created 2026-11-28T20:04:00Z 123456 USD 1',
      '1005 order_created 2026-11-28T20:04:00Z 2599 USD 1',
      '1004 order_created 2026-11-28T20:04:01Z 2599 USD 1',
    ],
    refused: { invalid_type: 1, negative_amount: 1, invalid_amount: 1 },
  },
  {
    kind: 'Dates and amounts of spreadsheets',
    file: 'german-spreadsheet.csv',
    options: ['--time-zone', 'Europe/Berlin'],
    map: ORDERS,
    events: [
      '1003 order_created 2026-11-27T23:00:00Z 123400 EUR 1',
      '1001 order_created 2026-11-28T14:04:00Z 123456 EUR 1',
      '1002 order_created 2026-11-28T15:04:00Z 2599 EUR 1',
    ],
  },
  {
    kind: 'The template of an ad platform',
    file: 'ad-clicks.csv',
    events: [
      'CjABC1-2026-11-28 10:00:00 order_created 2026-11-28T15:00:00Z 2599 USD 0',
      'CjABC4-2026-11-28 13:00:00-0500 order_created 2026-11-28T18:00:00Z 4900 USD 0',
      'CjABC5-2026-11-28 13:00:00 America/New_York order_created 2026-11-28T18:00:00Z 4900 USD 0',
      'CjABC3-Nov 28, 2026 1:01:54 PM order_created 2026-11-28T18:01:54Z 4900 USD 0',
      'CjABC2-11/28/2026 03:04:05 PM order_created 2026-11-28T20:04:05Z 4900 USD 0',
    ],
  },
  {
    kind: 'The template of an ad platform',
    file: 'ad-leads.csv',
    events: ['L1 lead_created 2026-11-28T15:00:00Z 2599 USD 0'],
  },
  {
    kind: 'Cells too many or too few at the end, totals, a second header',
    file: 'trailing-delimiters.csv',
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:04:00Z 2699 USD 0',
    ],
  },
  {
    kind: 'Cells too many or too few at the end, totals, a second header',
    file: 'totals-and-headers.csv',
    map: ORDERS,
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:05:00Z 2599 USD 0',
      '1004 order_created 2026-11-28T15:06:00Z 2599 USD 0',
    ],
    refused: { missing_currency: 1 },
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'workbook.xlsx',
    asks: '--time-zone',
    settledBy: { options: ['--time-zone', 'America/New_York'], map: ORDERS },
    events: ['1001 order_created 2026-11-28T20:04:00Z 2599 USD 0'],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'archive.zip',
    asks: '"type": {"value":"order_created"}',
    settledBy: { map: ORDERS },
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:04:00Z 2599 USD 0',
    ],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'table.csv.zst',
    asks: '"type": {"value":"order_created"}',
    settledBy: { map: ORDERS },
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:04:00Z 2599 USD 0',
    ],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'table.csv.bz2',
    asks: 'bunzip2',
    settledBy: { by: 'unpacking it as the message says' },
    events: [],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'utf-16.txt',
    asks: '"type": {"value":"order_created"}',
    settledBy: { map: ORDERS },
    events: [
      '1001 order_created 2026-11-28T15:04:00Z 2599 USD 0',
      '1002 order_created 2026-11-28T15:04:00Z 2599 USD 0',
    ],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'windows-1252.csv',
    asks: '--time-zone',
    settledBy: { options: ['--time-zone', 'Europe/Berlin'], map: ORDERS },
    events: [
      '1003 order_created 2026-11-27T23:00:00Z 123400 EUR 1',
      '1001 order_created 2026-11-28T14:04:00Z 123456 EUR 1',
      '1002 order_created 2026-11-28T15:04:00Z 2599 EUR 1',
    ],
  },
  {
    kind: 'Workbooks, archives and encodings',
    file: 'report-with-a-foot.csv',
    options: ['--time-zone', 'America/New_York'],
    asks: 'timeOfDay',
    settledBy: { map: { timeOfDay: '12:00' } },
    events: ['0065g00000AbCdE order_created 2026-11-27T17:00:00Z 129900 USD 0'],
  },
  {
    kind: 'Microseconds, and parameters in a list',
    file: 'analytics.ndjson',
    events: ['T1 order_created 2026-11-28T14:12:00Z 2599 USD 1'],
  },
  {
    kind: 'Microseconds, and parameters in a list',
    file: 'list-of-parameters.ndjson',
    map: { type: { value: 'lead_created' }, external_id: 'event_params.0.value' },
    asks: 'event_params.user_id',
    settledBy: { map: { type: { value: 'lead_created' }, external_id: 'event_params.user_id' } },
    events: ['g1 lead_created 2026-11-28T10:00:00Z - - 0', 'g2 lead_created 2026-11-28T10:00:00Z - - 0'],
    users: { g1: 'external_id_sha256 bb82030d', g2: 'external_id_sha256 6ca202c8' },
  },
  {
    kind: 'One nested key, a list in a wrapper',
    file: 'one-nested-key.ndjson',
    events: ['a order_created 2026-11-28T10:00:00Z 2599 EUR 0'],
  },
  {
    kind: 'One nested key, a list in a wrapper',
    file: 'orders-in-a-wrapper.json',
    events: ['5550000001041 order_created 2026-11-28T14:11:40Z 9650 USD 2'],
  },
  {
    kind: 'One nested key, a list in a wrapper',
    file: 'data-in-a-wrapper.json',
    events: ['ch_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    kind: 'One nested key, a list in a wrapper',
    file: 'map-column.parquet',
    events: ['p1 order_created 2026-11-28T10:00:00Z 2599 USD 0', 'p2 order_created 2026-11-28T11:00:00Z 100 USD 0'],
  },
  {
    kind: 'Parquet pages of version 2 with empty lists',
    file: 'v2-pages.parquet',
    events: [
      'a order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'b order_created 2026-11-28T10:00:00Z 200 USD 1',
      'c order_created 2026-11-28T10:00:00Z 300 USD 0',
    ],
  },
  {
    kind: 'Parquet pages of version 2 with empty lists',
    file: 'v2-pages-100.parquet',
    events: Array.from({ length: 100 }, (_, at) => `o${at} order_created 2026-11-28T10:00:00Z 2599 USD ${at % 4}`),
  },
]
