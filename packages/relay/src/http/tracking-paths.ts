/** A kind of call as Segment's and RudderStack's SDKs send it, and the paths that they send it to. */
export interface TrackingPath {
  readonly kind: string
  readonly path: string
  /** Where SDKs in browsers call: only a token that may stand in pages is taken there. */
  readonly isForPages: boolean
}

/** The last part of the path says what kind of call it is. */
const KINDS = ['batch', 'track', 'identify', 'page', 'screen', 'group', 'alias'] as const
/** `/v1/import` is where the libraries for Ruby and Java post their batches. */
const OTHERS: readonly TrackingPath[] = [{ kind: 'batch', path: '/v1/import', isForPages: false }]
/** How Segment's SDK for browsers shortens them. */
const SHORT: Readonly<Record<string, (typeof KINDS)[number]>> = {
  b: 'batch',
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
}

export const TRACKING_PATHS: readonly TrackingPath[] = [
  ...KINDS.map((kind) => ({ kind, path: `/v1/${kind}`, isForPages: false })),
  ...OTHERS,
  ...Object.entries(SHORT).map(([letter, kind]) => ({ kind, path: `/v1/${letter}`, isForPages: true })),
]
