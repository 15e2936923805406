import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTempFolder } from '../files/temp-folder.ts'
import { type Io, UsageError } from './io.ts'

/** The user's editor, where there is one and a terminal to show it on. */
export function editorOf({ env, stdout }: Io): string | undefined {
  return stdout.isTTY === true ? env['VISUAL'] || env['EDITOR'] || undefined : undefined
}

/** Lets the user change a text in a file that nobody else can read and that is gone afterwards; gives the text as it was left. */
export async function editText(text: string, editor: string, name: string): Promise<string> {
  const folder = createTempFolder()
  try {
    const path = join(folder.path, name)
    writeFileSync(path, text, { mode: 0o600 })
    await runEditor(editor, path)
    return readFileSync(path, 'utf8')
  } finally {
    folder.remove()
  }
}

/** The variable may hold options beside the program, as in `code --wait`, so a shell reads it. */
async function runEditor(editor: string, path: string): Promise<void> {
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${path}"`, { stdio: 'inherit', shell: true })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0)
    throw new UsageError('The editor ended with an error, so nothing was changed: check VISUAL and EDITOR.')
}
