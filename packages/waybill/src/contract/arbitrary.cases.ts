/** Generated events: the example in either form, with anything put anywhere. */
import fc from 'fast-check'
import { FRIENDLY_EXAMPLE } from './friendly.cases.ts'
import type { Contract } from './names.ts'
import { baseEvent, changed } from './sample.cases.ts'

export const contract: fc.Arbitrary<Contract> = fc.constantFrom('2026-06', '2026-11')

const KEYS = [
  'id',
  'type',
  'timestamp_ms',
  'timestamp',
  'custom_event_name',
  'source_url',
  'sourceUrl',
  'oppref',
  'user',
  'user.email_sha256',
  'user.emails_sha256',
  'user.email',
  'user.city',
  'user.cities',
  'user.phone',
  'data',
  'data.type',
  'data.amount',
  'data.currency',
  'data.note',
  'data.contents',
  'data.contents[0]',
  'data.contents[0].name',
  'data.contents[0].variant_dict',
]

const anyKey = fc.oneof(
  fc.constantFrom(...KEYS),
  fc
    .constantFrom('', 'user.', 'data.', 'data.contents[0].')
    .chain((place) =>
      fc
        .oneof(
          fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'valueOf'),
          fc.stringMatching(/^\w{1,12}$/),
        )
        .map((key) => place + key),
    ),
)

/** The example in the wire or the friendly form, also as a custom event, with up to four values replaced. */
export const mutatedEvent = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(contract, fc.boolean(), fc.boolean(), fc.array(fc.tuple(anyKey, values), { maxLength: 4 }))
    .map(([generation, friendly, custom, replaced]) => {
      const base = friendly ? FRIENDLY_EXAMPLE : baseEvent(generation)
      const start = custom ? changed(base, { type: 'custom', 'data.type': 'custom', custom_event_name: 'q' }) : base
      return replaced.reduce((event: unknown, [path, value]) => tryChange(event, path, value), start)
    })

function tryChange(event: unknown, path: string, value: unknown): unknown {
  try {
    return changed(event as object, { [path]: value })
  } catch {
    // The place is gone: an earlier change put something else there.
    return event
  }
}

export const email: fc.Arbitrary<string> = fc
  .tuple(
    fc.stringMatching(/^[a-z0-9][a-z0-9._%+-]{0,14}$/),
    fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?$/),
    fc.constantFrom('com', 'example', 'co.uk', 'museum', 'xn--p1ai', 'рф'),
  )
  .filter(([, domain]) => !/^\dx$/.test(domain))
  .map(([local, domain, top]) => `${local}@${domain}.${top}`)
