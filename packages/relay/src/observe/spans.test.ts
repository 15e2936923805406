import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  type Attributes,
  type Span,
  type SpanOptions,
  TraceFlags,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { order, startRelay } from '../service/service.helpers.ts'

interface Seen {
  readonly name: string
  readonly attributes: Attributes
}

/** A tracer that only remembers, in place of an operator's SDK. */
function watchSpans(context: TestContext): readonly Seen[] {
  const seen: Seen[] = []
  const startSpan = (name: string, { attributes = {} }: SpanOptions = {}): Span => {
    const one = { name, attributes: { ...attributes } }
    seen.push(one)
    return {
      spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED }),
      setAttribute: (key: string, value: string) => Object.assign(one.attributes, { [key]: value }),
      setStatus: () => {},
      end: () => {},
    } as unknown as Span
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as unknown as TracerProvider)
  context.after(() => trace.disable())
  return seen
}

test('each intake request and each request to the API is a span, with nothing personal in it', async (context) => {
  const seen = watchSpans(context)
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered')
  await relay.bring([order('order_7', { user: { email_sha256: 'a'.repeat(64), ip_address: '203.0.113.9' } })])
  await delivered
  await relay.ask('/v1/events?pid=somebody', { method: 'POST', body: '{}' })
  const intake = seen.filter(({ attributes }) => attributes['http.route'] === '/v1/events')
  assert.deepEqual(
    intake.map(({ attributes }) => [attributes['http.response.status_code'], attributes['waybill.pixel']]),
    [
      [200, 'px'],
      [403, undefined],
    ],
  )
  const toApi = seen.filter(({ attributes }) => attributes['waybill.verdict'] === 'delivered')
  assert.deepEqual(
    toApi.map(({ attributes }) => attributes['waybill.validate_only']),
    [true, false],
  )
  assert.doesNotMatch(JSON.stringify(seen), /order_7|203\.0\.113\.9|aaaa/)
})
