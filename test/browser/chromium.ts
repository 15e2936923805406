/** A real browser from the registry, so that nothing has to be installed. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packed from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Why these tests cannot run here; `false` where they can. */
export const NO_BROWSER: string | false =
  process.platform === 'linux' && process.arch === 'x64'
    ? false
    : `the packed browser is for linux x64, and this is ${process.platform} ${process.arch}`

/** They would switch off what is tested here, or make tests on small machines depend on one process. */
const UNWANTED = ['--disable-web-security', '--allow-running-insecure-content', '--single-process']
/** The browser asks nobody but the pages of the test. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

export async function launch(): Promise<Browser> {
  const executablePath = join(await unpacked(), 'chromium')
  const args = [...packed.args.filter((arg) => !UNWANTED.includes(arg)), ...QUIET]
  return chromium.launch({ executablePath, args, headless: true })
}

/** Where the browser was unpacked, once for each version; several test processes may want it at the same time. */
async function unpacked(): Promise<string> {
  const manifest = fileURLToPath(new URL('../package.json', import.meta.resolve('@sparticuz/chromium')))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const home = join(tmpdir(), `waybill-chromium-${version}`)
  if (existsSync(home)) return home
  const fresh = mkdtempSync(`${home}-`)
  await unpackInto(fresh)
  try {
    renameSync(fresh, home)
  } catch {
    // Another process was quicker.
    rmSync(fresh, { recursive: true })
  }
  return home
}

/** The package unpacks into the folder for temporary files and nowhere else. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    await packed.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}
