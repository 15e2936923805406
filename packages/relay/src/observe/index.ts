export { logAlarms } from './alarms.ts'
export { createLogger, type Log, type LoggerOptions } from './logger.ts'
export { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
export { type IntakeRequest, inIntakeSpan, traceRequests } from './spans.ts'
