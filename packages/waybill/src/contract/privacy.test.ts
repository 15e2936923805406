import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { email } from './arbitrary.cases.ts'
import { check } from './check.ts'
import { NO_PHONES, PHONES, PHONES_INSIDE, WITH_EMAIL, WITHOUT_EMAIL } from './privacy.cases.ts'
import { containsEmail, isPhoneUnderKey, looksLikePhone, mentionsPhone, withoutEmails } from './privacy.ts'
import { redact } from './redact.ts'
import { CUSTOM, changed, exampleEvent, NOW } from './sample.cases.ts'

const issuesOf = (change: Readonly<Record<string, unknown>>): string[] => {
  const result = check(changed(exampleEvent(), change), { now: NOW })
  return (result.ok ? result.warnings : result.issues).map(
    ({ code, path, severity }) => `${severity} ${code} at ${path}`,
  )
}

test('an address is found whatever stands around it, also percent-encoded', () => {
  for (const text of WITH_EMAIL) assert.ok(containsEmail(text), text)
  for (const text of WITHOUT_EMAIL) assert.equal(containsEmail(text), false, text)
})

test('an address is found before and behind anything that keys are made with', () => {
  const around = fc.constantFrom(
    '-2026-11-30',
    '.123',
    '-77',
    '...',
    '.',
    '--',
    '_1',
    ':9',
    '/x',
    '1',
    '#a',
    ' b',
    ',',
    '-a',
  )
  const before = fc.constantFrom('', 'order:', '77/', 'x ', '%20', 'mailto:', '(')
  // A percent sign of its own is the beginning of an encoded character.
  const unencoded = email.filter((address) => !address.includes('%'))
  const at = fc.constantFrom('@', '%40', '%2540')
  fc.assert(
    fc.property(unencoded, before, around, at, (address, start, end, sign) => {
      const text = start + address.replace('@', sign) + end
      assert.ok(containsEmail(text), text)
      const [local, domain] = address.split('@') as [string, string]
      const scrubbed = withoutEmails(text)
      assert.ok(!scrubbed.includes(`${local}${sign}`) && !scrubbed.includes(domain), scrubbed)
    }),
    { numRuns: 2_000 },
  )
})

test('an address is refused in every field that travels in clear', () => {
  const places: readonly (readonly [path: string, value: (text: string) => string])[] = [
    ['id', (text) => text],
    ['custom_event_name', (text) => text],
    ['source_url', (text) => `https://a.example/${text}`],
    ['data.contents[0].id', (text) => text],
    ['data.contents[0].name', (text) => `Card for ${text}`],
    ['data.contents[0].group_id', (text) => text],
    ['data.contents[0].content_type', (text) => text],
    ['user.city', (text) => text],
    ['user.user_agent', (text) => `Bot (${text})`],
    ['user.obref', (text) => text],
  ]
  for (const [path, value] of places) {
    for (const text of ['jane@example.com', 'jane@example.com-2026-11-30', 'jane%40example.com-1']) {
      const told = issuesOf({ [path]: value(text) })
      assert.ok(told.includes(`error email_outside_user at ${path}`), `${path}: ${told.join()}`)
    }
  }
})

test('a phone number that is the whole value is refused, one inside a text is a warning, digits alone pass', () => {
  const places = ['id', 'data.contents[0].name', 'data.contents[0].id']
  for (const path of places) {
    for (const text of PHONES)
      assert.deepEqual(
        issuesOf({ [path]: text }).filter((told) => !told.includes('spaces')),
        [`error phone_outside_user at ${path}`],
        text,
      )
    for (const text of PHONES_INSIDE)
      assert.deepEqual(issuesOf({ [path]: text }), [`warning phone_outside_user at ${path}`], text)
    for (const text of NO_PHONES) assert.deepEqual(issuesOf({ [path]: text }), [], text)
  }
  for (const text of PHONES) assert.ok(looksLikePhone(text))
  for (const text of PHONES_INSIDE) assert.ok(mentionsPhone(text) && !looksLikePhone(text))
})

test('under a key that says phone, digits are a number', () => {
  for (const key of ['phone', 'customerPhone', 'phone_number', 'mobile', 'tel', 'work_tel', 'whatsapp'])
    assert.ok(isPhoneUnderKey(key, '(415) 555-2671'), key)
  for (const key of ['headphone_sku', 'microphone', 'smartphone', 'hotel', 'title'])
    assert.equal(isPhoneUnderKey(key, '4155552671'), false, key)
  assert.deepEqual(issuesOf({ ...CUSTOM, 'data.phone': 4155552671 }), ['error phone_outside_user at data.phone'])
  assert.deepEqual(issuesOf({ ...CUSTOM, 'data.phone': 'none given' }), [])
})

test('what is refused for it is kept without it', () => {
  for (const text of [...WITH_EMAIL, ...PHONES, ...PHONES_INSIDE]) {
    const { id, source_url } = redact({ id: text, source_url: text }) as Record<string, unknown>
    assert.deepEqual([id, source_url], ['[removed]', '[removed]'], text)
  }
  for (const text of WITH_EMAIL)
    assert.deepEqual(redact({ data: { [text]: text } }), { data: { '[removed]': '[removed]' } })
})

test('texts are searched in time proportional to their length', () => {
  const started = performance.now()
  for (const part of ['a@', 'x@a.-', '%40', '%25', '+1 ', '00 1', '@a.b.', 'a.b@1x.'])
    for (const find of [containsEmail, looksLikePhone, mentionsPhone]) find(part.repeat(200_000))
  assert.ok(performance.now() - started < 10_000)
})
