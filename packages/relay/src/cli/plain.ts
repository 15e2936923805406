/** Text that others wrote, for a terminal: what would steer it is replaced. Line breaks become spaces. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')
}

/** As one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w.,:/=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
