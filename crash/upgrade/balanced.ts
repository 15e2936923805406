/** A client behind something that balances: where a relay refuses the connection or closes it, it goes to the next one. */

/** Addresses of relays, each in the place of the one before it. */
export type Addresses = readonly string[]

/** What became of requests: how often each status was the last word, and how often no relay had one. */
export interface Answers {
  readonly byStatus: Map<number, number>
  /** Went on to another relay. */
  moved: number
  unanswered: number
}

const WITHIN_MS = 10_000
/** A relay that stops says so, and another one takes the request. */
const ELSEWHERE = 503

/** Asks one relay after the other, from the one at `first` on; gives the status of the first word that is final. */
export async function askBalanced(
  addresses: Addresses,
  { first, path, body }: { readonly first: number; readonly path: string; readonly body: string },
  answers: Answers,
): Promise<number | undefined> {
  let last: number | undefined
  for (let turn = 0; turn < addresses.length; turn++) {
    const status = await ask(`${addresses[(first + turn) % addresses.length]}${path}`, body)
    last = status ?? last
    if (status !== undefined && status !== ELSEWHERE) break
    answers.moved++
  }
  if (last === undefined) answers.unanswered++
  else answers.byStatus.set(last, (answers.byStatus.get(last) ?? 0) + 1)
  return last
}

async function ask(url: string, body: string): Promise<number | undefined> {
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(WITHIN_MS) })
    await answer.text()
    return answer.status
  } catch {
    return undefined
  }
}
