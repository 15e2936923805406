import { shown } from '../observe/shown.ts'

/** Text that others wrote, in one line for a terminal: what would steer it is shown as an escape. Line breaks become spaces. */
export function plain(text: string): string {
  return shown(text.replace(/\s+/g, ' '))
}

/** As one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w.,:/=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
