/** What a process that a test starts needs of this one's environment: where programs lie, and what of its own is compiled already. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { PATH, NODE_COMPILE_CACHE }
}
