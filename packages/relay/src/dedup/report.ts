import { chosenSamples, type FindingName, type FindingSample, type Findings } from './findings.ts'
import type { Spelling } from './fold-id.ts'
import { CLASSES, type ClassMeaning, PAIR_CLASSES, ROW_CLASSES, type RowClass } from './row-class.ts'
import type { Side } from './sighting.ts'

/** One side as it was read. */
export interface SideReport {
  readonly source: string
  readonly rows: number
  /** Every row once. */
  readonly classes: Readonly<Partial<Record<RowClass, number>>>
  /** Rows that were compared without a time, because theirs could not be read. */
  readonly withoutTime: number
}

export interface ReportedFinding {
  readonly class: FindingName
  readonly title: string
  /** Pairs, or rows where the class has no pairs. */
  readonly count: number
  readonly cost: ClassMeaning['cost']
  /** Of ids written differently: how. A pair can differ in two ways. */
  readonly spellings?: Readonly<Partial<Record<Spelling, number>>>
  readonly advice: readonly string[]
  readonly samples: readonly FindingSample[]
}

/** The whole result, as `--json` and `--report` give it. */
export interface DedupReport {
  readonly pixel: SideReport
  readonly server: SideReport
  readonly maxApartMs: number
  readonly comparesPixelIds: boolean
  /** Different conversions: a pair is one, a repeated row none. */
  readonly conversions: number
  /** Matched pairs as a share of the conversions; null where there is none. */
  readonly overlap: number | null
  /** Conversions that the API counts twice, by the key; `perhaps` are more that it may. */
  readonly countedTwice: number
  readonly countedTwicePerhaps: number
  readonly findings: readonly ReportedFinding[]
}

export interface ReportParts {
  readonly findings: Findings
  readonly pixel: Omit<SideReport, 'classes'>
  readonly server: Omit<SideReport, 'classes'>
  readonly maxApartMs: number
  readonly comparesPixels: boolean
}

const SPELLING_ADVICE: Readonly<Record<Spelling, string>> = {
  prefix: 'One side puts something before the id: put it there on both, or on neither.',
  case: 'Capitals count: write ids alike, for instance as the shop has them.',
  spaces: 'Spaces count: trim the id on both sides.',
  unicode: 'One letter is encoded in two ways: normalise ids to NFC on both sides.',
  thousands:
    'A spreadsheet wrote whole numbers with signs of thousands (1,002): format the id as text before it is exported.',
  fraction: 'A spreadsheet wrote whole numbers with a fraction (1002.0): format the id as text before it is exported.',
  zeros: 'One side has leading zeroes and the other none: keep the id a text everywhere.',
}

const VALUE_DIFFERS: ClassMeaning = {
  title: 'matched, values differ',
  cost: 'none',
  advice:
    'The first to arrive wins, so chance decides which value counts: compute it once, in minor units, for both sides.',
}

/** Classes that a person should read about, the costly ones first. */
const TOLD: readonly FindingName[] = [
  ...ROW_CLASSES.filter((name) => CLASSES[name].advice !== '' && CLASSES[name].cost !== 'none'),
  'value_differs',
  ...ROW_CLASSES.filter((name) => CLASSES[name].advice !== '' && CLASSES[name].cost === 'none'),
]

export function reportOf({ findings, pixel, server, maxApartMs, comparesPixels }: ReportParts): DedupReport {
  const told = TOLD.flatMap((name) => findingOf(name, findings))
  const matched = findings.get('matched')?.pairs ?? 0
  const conversions = conversionsOf(findings)
  const ofCost = (cost: string): number => sum(told.filter((each) => each.cost === cost).map(({ count }) => count))
  return {
    pixel: { ...pixel, classes: classesOf('pixel', findings) },
    server: { ...server, classes: classesOf('server', findings) },
    maxApartMs,
    comparesPixelIds: comparesPixels,
    conversions,
    overlap: conversions === 0 ? null : matched / conversions,
    countedTwice: ofCost('twice'),
    countedTwicePerhaps: ofCost('perhaps'),
    findings: told,
  }
}

/** Whether something was found that costs conversions. */
export function isCostly({ findings }: DedupReport): boolean {
  return findings.some(({ cost }) => cost !== 'none')
}

function findingOf(name: FindingName, findings: Findings): ReportedFinding[] {
  const finding = findings.get(name)
  if (finding === undefined) return []
  const { title, cost, advice } = name === 'value_differs' ? VALUE_DIFFERS : CLASSES[name]
  const spellings = Object.keys(finding.spellings) as Spelling[]
  const reported = {
    class: name,
    title,
    count: finding.pairs || finding.rows.pixel + finding.rows.server,
    cost,
    ...(spellings.length === 0 ? {} : { spellings: finding.spellings }),
    advice: [advice, ...spellings.map((spelling) => SPELLING_ADVICE[spelling])],
    samples: chosenSamples(finding),
  }
  return [reported]
}

function classesOf(side: Side, findings: Findings): Partial<Record<RowClass, number>> {
  const counts = ROW_CLASSES.map((name): [RowClass, number] => [name, findings.get(name)?.rows[side] ?? 0])
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function conversionsOf(findings: Findings): number {
  const pairs = PAIR_CLASSES.map((name) => findings.get(name)?.pairs ?? 0)
  const alone = (['two_names', 'pixel_only', 'server_only'] as const).map((name) => {
    const rows = findings.get(name)?.rows
    return (rows?.pixel ?? 0) + (rows?.server ?? 0)
  })
  return sum([...pairs, ...alone])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
