import type { Spelling } from './fold-id.ts'
import type { RowClass } from './row-class.ts'

/** A row as `id name time [pixel]`, with `_` for a space in it and `-` for nothing; times are hours. */
export interface DedupCase {
  readonly what: string
  readonly pixel: readonly string[]
  readonly server: readonly string[]
  /** Class of each row, in the order of the rows. */
  readonly expect: readonly [pixel: readonly RowClass[], server: readonly RowClass[]]
  readonly spellings?: Partial<Record<Spelling, number>>
  readonly overlap?: number
  readonly twice?: number
  readonly perhaps?: number
}

export const DEDUP_CASES: readonly DedupCase[] = [
  {
    what: 'one key on both sides is matched',
    pixel: ['1 order_created 0'],
    server: ['1 order_created 0'],
    expect: [['matched'], ['matched']],
    overlap: 1,
  },
  {
    what: 'a day apart to the hour is matched',
    pixel: ['1 order_created 0'],
    server: ['1 order_created 24'],
    expect: [['matched'], ['matched']],
    overlap: 1,
  },
  {
    what: 'an hour more than a day apart is far apart, the server earlier as well as later',
    pixel: ['1 order_created 0', '2 order_created 30'],
    server: ['1 order_created 25', '2 order_created 5'],
    expect: [
      ['far_apart', 'far_apart'],
      ['far_apart', 'far_apart'],
    ],
    overlap: 0,
    perhaps: 2,
  },
  {
    what: 'a time that is not known is near every other',
    pixel: ['1 order_created -', '2 order_created 0', 'order_3 order_created -'],
    server: ['1 order_created 0', '2 order_created -', '3 order_created 9'],
    expect: [
      ['matched', 'matched', 'id_spelling'],
      ['matched', 'matched', 'id_spelling'],
    ],
    twice: 1,
  },
  {
    what: 'the rest is on one side only',
    pixel: ['1 order_created 0', '2 order_created 0'],
    server: ['3 order_created 0', '4 order_created 0'],
    expect: [
      ['pixel_only', 'pixel_only'],
      ['server_only', 'server_only'],
    ],
    overlap: 0,
  },
  {
    what: 'ids that differ by prefix, case, spaces and zeroes are one conversion counted twice',
    pixel: ['order_1 order_created 0', 'ORD-2 order_created 0', '_evt-x3 order_created 0', '0004 order_created 0'],
    server: ['1 order_created 0', 'ord-2 order_created 0', 'evt-x3 order_created 0', '4 order_created 0'],
    expect: [
      ['id_spelling', 'id_spelling', 'id_spelling', 'id_spelling'],
      ['id_spelling', 'id_spelling', 'id_spelling', 'id_spelling'],
    ],
    spellings: { prefix: 1, case: 1, spaces: 1, zeros: 1 },
    overlap: 0,
    twice: 4,
  },
  {
    what: 'one id encoded in two ways is one conversion counted twice',
    pixel: ['caf\u00e9-7 order_created 0'],
    server: ['cafe\u0301-7 order_created 0'],
    expect: [['id_spelling'], ['id_spelling']],
    spellings: { unicode: 1 },
    twice: 1,
  },
  {
    what: 'ids that are alike but far apart in time are two conversions',
    pixel: ['order_1 order_created 0'],
    server: ['1 order_created 25'],
    expect: [['pixel_only'], ['server_only']],
  },
  {
    what: 'ids that are alike under two names are two conversions',
    pixel: ['order_1 order_created 0'],
    server: ['lead_1 lead_created 0'],
    expect: [['pixel_only'], ['server_only']],
  },
  {
    what: 'one number under many prefixes is not one key',
    pixel: ['anna-1', 'bert-1', 'carl-1', 'dora-1', 'emil-1'].map((id) => `${id} lead_created 0`),
    server: ['fred-1 lead_created 0'],
    expect: [Array<RowClass>(5).fill('pixel_only'), ['server_only']],
  },
  {
    what: 'an exact key goes before one that is alike',
    pixel: ['1 order_created 0'],
    server: ['order_1 order_created 0', '1 order_created 3'],
    expect: [['matched'], ['server_only', 'matched']],
    overlap: 0.5,
  },
  {
    what: 'one id under two names, one on each side, is counted twice',
    pixel: ['1 order_created 0', '2 purchase 0', '3 custom:quote 0'],
    server: ['1 subscription_created 0', '2 order_created 0', '3 custom:offer 0'],
    expect: [
      ['name_differs', 'name_differs', 'name_differs'],
      ['name_differs', 'name_differs', 'name_differs'],
    ],
    twice: 3,
  },
  {
    what: 'custom names are compared without regard to case, standard names with it',
    pixel: ['1 custom:Quote 0', '2 QUOTE 0', '3 Order_Created 0'],
    server: ['1 quote 0', '2 custom:quote 0', '3 order_created 0'],
    expect: [
      ['matched', 'matched', 'name_differs'],
      ['matched', 'matched', 'name_differs'],
    ],
    twice: 1,
  },
  {
    what: 'an order and a lead with one number keep to their own, however they are written',
    pixel: ['7 order_created 0'],
    server: ['7 lead_created 0', 'order_7 order_created 0'],
    expect: [['id_spelling'], ['server_only', 'id_spelling']],
    twice: 1,
  },
  {
    what: 'names that differ at another time are other conversions',
    pixel: ['7 order_created 0'],
    server: ['7 lead_created 400'],
    expect: [['pixel_only'], ['server_only']],
  },
  {
    what: 'one id under two names in one channel is named, unless both names are on both sides',
    pixel: ['1 order_created 0', '1 checkout_started 0', '2 order_created 0', '2 lead_created 0'],
    server: ['1 order_created 0', '2 lead_created 0', '2 order_created 0', '3 lead_created 0', '3 order_created 50'],
    expect: [
      ['matched', 'two_names', 'matched', 'matched'],
      ['matched', 'matched', 'matched', 'two_names', 'two_names'],
    ],
    perhaps: 3,
  },
  {
    what: 'what is said again in its channel is no second conversion, and the earliest stands for it',
    pixel: ['1 order_created 50', '1 order_created 0', '1 order_created 1'],
    server: ['1 order_created 2', '9 lead_created 0', '9 lead_created 0'],
    expect: [
      ['repeated', 'matched', 'repeated'],
      ['matched', 'server_only', 'repeated'],
    ],
    overlap: 0.5,
  },
  {
    what: 'Pixel IDs that differ make two keys of one id',
    pixel: ['1 order_created 0 px_1', '2 order_created 0 px_1'],
    server: ['1 order_created 0 px_1', '2 order_created 0 px_2'],
    expect: [
      ['matched', 'pixel_differs'],
      ['matched', 'pixel_differs'],
    ],
    twice: 1,
  },
  {
    what: 'two shops with the same numbers are told apart by their Pixel IDs',
    pixel: ['1 order_created 0 px_1', '1 order_created 0 px_2'],
    server: ['1 order_created 0 px_2', '1 order_created 0 px_1'],
    expect: [
      ['matched', 'matched'],
      ['matched', 'matched'],
    ],
    overlap: 1,
  },
  {
    what: 'neither a spelling nor a name is looked for across Pixel IDs',
    pixel: ['order_1 order_created 0 px_1', '2 order_created 0 px_1'],
    server: ['1 order_created 0 px_2', '2 lead_created 0 px_2'],
    expect: [
      ['pixel_only', 'pixel_only'],
      ['server_only', 'server_only'],
    ],
  },
  {
    what: 'Pixel IDs are not compared where some row says none',
    pixel: ['1 order_created 0 px_1', '2 order_created 0 -'],
    server: ['1 order_created 0 px_2', '2 order_created 0 px_2'],
    expect: [
      ['matched', 'matched'],
      ['matched', 'matched'],
    ],
  },
  {
    what: 'rows without id or name are counted and compared with nothing',
    pixel: ['- order_created 0', '1 - 0', '2 order_created 0', '3 custom 0'],
    server: ['2 order_created 0', '- lead_created 0'],
    expect: [
      ['unusable', 'unusable', 'matched', 'unusable'],
      ['matched', 'unusable'],
    ],
    overlap: 1,
  },
]
