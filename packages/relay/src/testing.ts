/** For authors of another store: the suite it has to pass, the model to compare it with, and time that a test moves. */
export * from './engine/standstill.ts'
export * from './engine/virtual-time.ts'
export * from './store/conformance.ts'
export * from './store/memory/index.ts'
