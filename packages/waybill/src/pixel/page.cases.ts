/** A page as a browser would read it, as far as scripts and images go, and conversions with anything in them. */
import assert from 'node:assert/strict'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import type { WireEvent } from '../contract/event.ts'
import type { Conversion } from './measure-call.ts'

export const NONCE = 'r4nd0m+/=='
export const PIXEL = 'px_1'

const SCRIPT = /<script nonce="([^"]*)"( async src="[^"]*")?>([\s\S]*?)<\/script/g

/** The inline scripts of a page, in order. Each must carry the nonce, and nothing must stand between them. */
export function inlineScripts(html: string): string[] {
  assert.equal(html.replace(SCRIPT, '').replaceAll('>', ''), '', 'something but scripts')
  return [...html.matchAll(SCRIPT)].flatMap(([, nonce, src, code]) => {
    assert.equal(nonce, NONCE)
    return src === undefined ? [code!] : []
  })
}

/** Runs the scripts of a page and gives the calls that wait in the pixel's queue, as JSON; `null` where there is none. */
export function queuedCalls(html: string): unknown {
  const window = createContext({ console: undefined })
  runInContext('var window = globalThis', window)
  for (const script of inlineScripts(html)) runInContext(script, window)
  const text: unknown = runInContext('JSON.stringify(window.oaiq ? oaiq.q.map(call => [...call]) : null)', window)
  return JSON.parse(text as string)
}

/** What a value is after a journey as JSON: the form in which the two halves are compared. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '-->',
  ']]>',
  '"',
  "'",
  '\\',
  '\\u003c',
  '$' + '{alert(1)}',
  '`',
  '\u2028',
  '\u2029',
  '\u0000',
  '\ud800',
  '&amp;',
  '&quot;',
  '<',
  '>',
  '&',
  '%2B',
  '+',
  '\r\n',
  'é',
  '漢',
  '🎉',
  '" onload="alert(1)',
]

/** Any text: hostile pieces and any characters, halves of characters included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''))

const anyKey = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'a[b]'))
/** A plain object, where `__proto__` is a key like any other. */
const anyDictionary = fc.array(fc.tuple(anyKey, anyText), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs))

const anyItem = fc.record(
  {
    id: anyText,
    name: anyText,
    content_type: anyText,
    quantity: fc.integer(),
    amount: fc.maxSafeInteger(),
    currency: anyText,
    group_id: anyText,
    variant_dict: anyDictionary,
  },
  { requiredKeys: [] },
)

const anyData = fc.record(
  {
    type: fc.constantFrom('contents', 'custom'),
    amount: fc.maxSafeInteger(),
    currency: anyText,
    plan_id: anyText,
    contents: fc.array(anyItem, { maxLength: 3 }),
  },
  { requiredKeys: ['type'] },
)

/** A conversion with any text in every field, also in those that `check` would refuse. */
export const anyConversion: fc.Arbitrary<Conversion> = fc
  .tuple(
    anyText.map((text) => `px${text}`),
    fc.record(
      {
        id: anyText,
        type: fc.constantFrom('order_created', 'custom'),
        timestamp_ms: fc.integer(),
        custom_event_name: anyText,
        oppref: anyText,
        opt_out: fc.boolean(),
        data: anyData,
      },
      { requiredKeys: ['id', 'type', 'timestamp_ms', 'data'] },
    ),
  )
  .map(([pixelId, serverEvent]) => ({ pixelId, serverEvent: serverEvent as WireEvent }))
