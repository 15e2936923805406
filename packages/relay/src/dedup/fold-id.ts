/** Ways in which one business key is written as two texts. */
export type Spelling = 'unicode' | 'spaces' | 'case' | 'zeros' | 'prefix' | 'fraction' | 'thousands'

type Fold = (id: string) => string

/** Longer texts are no ids, and patterns should not wander about in them. */
const MAX_FOLDED_LENGTH = 200

const SPACES = /[\s\u200b-\u200d\u2060\ufeff]+/g
/** What a spreadsheet made of a whole number. */
const FRACTION = /(?<=^|[^.,\p{N}])(\p{N}+)[.,]0+$/u
/** And with signs of thousands. */
const THOUSANDS = /(?<=^|[^.,\p{N}])\p{N}{1,3}(?:,\p{N}{3})+$/u
const ZEROS = /(?<![\p{L}\p{N}])0+(?=\p{N})/gu
/**
 * `order_`, `evt-order-`, `gid://shopify/Order/`, `#`: words and marks before something that has a digit. A word with a digit in it
 * may well be the part that tells ids apart, as in `a7f-1`, and stays.
 */
const WORDS = /^(?:[_\-:./#|]|\p{L}+[_\-:./#|])+(?=.*\p{N})/u
/** `ORD123`, and the number alone behind it. */
const LETTERS = /^\p{L}+(?=\p{N}+$)/u

/** In the order in which they are applied: a prefix is found once spaces are gone. */
const FOLDS: Readonly<Record<Spelling, Fold>> = {
  unicode: (id) => id.normalize('NFKC'),
  spaces: (id) => id.replace(SPACES, ''),
  case: (id) => id.toLowerCase(),
  thousands: (id) => id.replace(THOUSANDS, (number) => number.replaceAll(',', '')),
  fraction: (id) => id.replace(FRACTION, '$1'),
  prefix: (id) => id.replace(WORDS, '').replace(LETTERS, ''),
  zeros: (id) => id.replace(ZEROS, ''),
}

/** The same, the likelier cause first: what explains a difference alone and earlier is the explanation. */
const LIKELY: readonly Spelling[] = ['spaces', 'case', 'unicode', 'fraction', 'thousands', 'zeros', 'prefix']

const EXPLANATIONS: readonly (readonly Spelling[])[] = subsets(LIKELY)

/** The id without what tells apart spellings of one key: `Order_00123 ` and `evt-123` are both `123`. */
export function foldId(id: string): string {
  return folded(id, LIKELY)
}

/** The fewest differences of spelling that make two ids with one fold equal; empty for ids that are equal. */
export function spellingDifference(one: string, other: string): readonly Spelling[] {
  if (one === other) return []
  return EXPLANATIONS.find((spellings) => folded(one, spellings) === folded(other, spellings)) ?? []
}

function folded(id: string, spellings: readonly Spelling[]): string {
  if (id.length > MAX_FOLDED_LENGTH) return id
  let text = id
  for (const spelling of Object.keys(FOLDS) as Spelling[]) {
    if (spellings.includes(spelling)) text = FOLDS[spelling](text)
  }
  return text === '' ? id : text
}

/** All subsets but the empty one, the smallest first. */
function subsets(all: readonly Spelling[]): Spelling[][] {
  const found: Spelling[][] = []
  for (let bits = 1; bits < 2 ** all.length; bits++) found.push(all.filter((_, at) => (bits & (1 << at)) !== 0))
  return found.sort((left, right) => left.length - right.length)
}
