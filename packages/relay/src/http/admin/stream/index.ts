export { streamRoutes } from './route.ts'
export { Streams, type StreamsOptions } from './streams.ts'
