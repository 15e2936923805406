/** One request that went out, or a try that got no answer. It is kept as long as an account it belongs to. */
export interface RequestRecord {
  readonly pixel: string
  readonly atMs: number
  readonly durationMs: number
  /** HTTP status; `undefined` where no answer came. */
  readonly status: number | undefined
  readonly verdict: string
  readonly code?: string
  readonly message?: string
  /** The API's request id. */
  readonly requestId?: string
  /** The API was asked to judge and store nothing. */
  readonly validateOnly: boolean
  /** Nobody knows whether the API stored the events. */
  readonly ambiguous: boolean
  /** The events that it carried. */
  readonly rows: readonly number[]
  /** Field → events of a request that delivered to which a context added it. */
  readonly added?: Readonly<Record<string, number>>
  /** Which request of its lease it was (from 1), and the one whose group it took its events from. */
  readonly place?: RequestPlace
}

export interface RequestPlace {
  readonly lease: number
  readonly step: number
  readonly parent?: number
}

/** A request as an event's account shows it. */
export interface Attempt extends Omit<RequestRecord, 'pixel' | 'rows' | 'added' | 'place'> {
  /** How many events travelled together. */
  readonly events: number
}

/** Whether the API may have stored the events of a request: it said so, or nobody knows. */
export function mayStore({ validateOnly, ambiguous, status }: RequestRecord): boolean {
  return !validateOnly && (ambiguous || status === 200)
}
