export { streamRoutes } from './route.ts'
export { Streams, type StreamsOptions } from './streams.ts'
export { createTick } from './tick.ts'
export { Ticks } from './ticks.ts'
