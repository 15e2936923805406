/** True for the names and addresses of this machine alone; a name that DNS could answer is none. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|(?:\[)?::1(?:\])?|::ffff:127(?:\.\d{1,3}){3})$/i.test(host)
}
