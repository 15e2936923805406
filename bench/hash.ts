/** What normalising and judging an email costs beside hashing it: `hashIdentity` against bare `crypto.hash` of the same strings. */
import { hash } from 'node:crypto'
import { hashIdentity } from 'waybill/identity'

const CEILING = 1.3
const ROUNDS = 2_000
const EMAILS_PER_ROUND = 1_000

// Through JSON, as a program gets them: a string just joined from pieces is flattened by whoever reads it first.
const emails = JSON.parse(
  JSON.stringify(Array.from({ length: EMAILS_PER_ROUND }, (_, n) => `user${n}@example.com`)),
) as string[]

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

function timed(digest: (email: string) => string): number {
  const start = process.hrtime.bigint()
  let length = 0
  for (const email of emails) length += digest(email).length
  if (length !== 64 * emails.length) throw new Error('A digest has 64 digits.')
  return Number(process.hrtime.bigint() - start)
}

const ratios: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const bareNs = timed((email) => hash('sha256', email, 'hex'))
  ratios.push(timed((email) => hashIdentity('email', email)) / bareNs)
}

const ratio = median(ratios)
console.log(`hashIdentity / crypto.hash: ${ratio.toFixed(2)} (ceiling ${CEILING.toFixed(1)})`)
process.exitCode = ratio > CEILING ? 1 : 0
