import type { Issue, WireEvent } from 'waybill'
import type { KeptForm } from '../engine/index.ts'
import {
  createMapper,
  knowledgeOf,
  type OpenFile,
  type OrderFindings,
  type Row,
  readCandidates,
  type Survey,
} from '../files/index.ts'
import type { Judge, Judged } from './checked.ts'

/** An event on its way out: as the SDK's client takes it, or as a store keeps it. */
export type Outgoing = WireEvent | KeptForm

/** What the second reading says of one event of the file. */
export type Fated =
  | { readonly kind: 'good'; readonly event: Outgoing; readonly warnings: readonly Issue[] }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[] }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'left out' }

/** One event of the file with its rows. */
export interface Taken {
  readonly fated: Fated
  readonly rowCount: number
  /** Of its first row. */
  readonly line: number | undefined
  /** As the file has them. */
  rows(): readonly Row[]
}

/** What the first reading found, as far as the second one needs it. */
export type Judgement = Pick<Survey, 'plan' | 'repeats' | 'isMapped' | keyof OrderFindings>

export interface TakeOptions {
  readonly judge: Judge
  /** How a good event goes out. */
  readonly outgoing: (event: WireEvent) => Outgoing
}

/** The events of an open file, judged, in batches and in their order. Throws `FileError` where the file cannot be read further. */
export async function* takeEvents(
  file: OpenFile,
  survey: Judgement,
  { judge, outgoing }: TakeOptions,
): AsyncGenerator<readonly Taken[]> {
  const mapper = createMapper(survey.plan, survey)
  for await (const candidates of readCandidates(file, mapper, knowledgeOf(survey))) {
    yield candidates.map((candidate): Taken => {
      const { kind, rows } = candidate
      const fated = kind === 'left out' ? LEFT_OUT : fatedBy(judge.judge(candidate), outgoing)
      return { fated, rowCount: rows.length, line: rows[0]?.line, rows: () => rows }
    })
  }
}

function fatedBy(judged: Judged, outgoing: TakeOptions['outgoing']): Fated {
  return judged.kind === 'good' ? { ...judged, event: outgoing(judged.event) } : judged
}

const LEFT_OUT: Fated = { kind: 'left out' }
