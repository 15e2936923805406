export { EndpointChangedError } from './endpoint-guard.ts'
export { type RunOptions, runRelay } from './run.ts'
export { type Service, type ServiceOptions, startService } from './service.ts'
