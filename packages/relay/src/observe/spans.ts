import {
  type Attributes,
  context,
  ProxyTracerProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { VERSION } from 'waybill'
import type { LifecycleEvents } from '../engine/index.ts'

/** Without an SDK of the operator's these calls do nothing. */
function tracer(): Tracer {
  return trace.getTracer('waybill', VERSION)
}

/** Whether an SDK collects spans, as is rarely so: without one each request goes without the way there. */
function isTraced(): boolean {
  const provider = trace.getTracerProvider()
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('waybill', VERSION) !== undefined
}

/** What a span of intake is told. Nothing of it is personal. */
export interface IntakeRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly route: string
  readonly pixel: string | undefined
}

/** A span around one intake request, as a child of the caller's where the headers name it. */
export function inIntakeSpan<Answer extends { readonly status: number }>(
  { headers, route, pixel }: IntakeRequest,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!isTraced()) return work()
  const attributes: Attributes = { 'http.request.method': 'POST', 'http.route': route }
  if (pixel !== undefined) attributes['waybill.pixel'] = pixel
  const parent = propagation.extract(context.active(), headers)
  const span = tracer().startSpan(`POST ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
  // The SDK does not record this one: nothing is to be told.
  if (!trace.isSpanContextValid(span.spanContext())) return work()
  return context.with(trace.setSpan(parent, span), () => telling(span, work))
}

async function telling<Answer extends { readonly status: number }>(
  span: Span,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await work()
    span.setAttribute('http.response.status_code', answer.status)
    if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    return answer
  } catch (error) {
    // The message of an error may hold anything; its kind does not.
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'Error' })
    throw error
  } finally {
    span.end()
  }
}

/** A span for each request to the API, made when its answer is there. */
export function traceRequests(events: LifecycleEvents, now: () => number): void {
  events.on('request:answered', ({ pixel, verdict, status, events: sent, durationMs, validateOnly }) => {
    const endMs = now()
    const attributes: Attributes = {
      'http.request.method': 'POST',
      'waybill.pixel': pixel,
      'waybill.verdict': verdict,
      'waybill.events': sent,
      'waybill.validate_only': validateOnly,
    }
    if (status !== undefined) attributes['http.response.status_code'] = status
    const span = tracer().startSpan(
      'POST /v1/events',
      { kind: SpanKind.CLIENT, attributes, startTime: endMs - durationMs },
      context.active(),
    )
    if (status !== 200) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endMs)
  })
}
