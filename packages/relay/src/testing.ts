/** For authors of another store: the suite it has to pass, and the model to compare it with. */
export * from './store/conformance.ts'
export * from './store/memory/index.ts'
