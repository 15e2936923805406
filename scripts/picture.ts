/** Draws docs/first-light.svg, the README's picture, from what `npm start` prints. `--check` fails when it is stale. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PICTURE = fileURLToPath(new URL('../docs/first-light.svg', import.meta.url))
const CHARACTER_WIDTH = 8.05
const LINE_HEIGHT = 19
const MARGIN = 22
const COLUMNS = 108

/** What `npm start` prints, with what differs from run to run made equal. */
export function firstLight(): string {
  const run = spawnSync(process.execPath, ['--conditions=waybill-source', 'examples/first-light.ts', '--once'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  })
  if (run.status !== 0) throw new Error(`npm start ended with ${run.status}: ${run.stderr}`)
  return (
    run.stderr
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8787')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-03-01T12:00:00.000Z')
      .replace(/\d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d UTC, [^·]+ ago/g, '1 Mar 2026 11:35 UTC, 25 minutes ago')
      // How events fall into batches depends on the machine.
      .replace(/events, \d+ requests/g, 'events, 2 requests')
      .replace(/in \d+ requests\./g, 'in 12 requests.')
      .trimEnd()
  )
}

export function draw(text: string): string {
  const lines = text.split('\n').flatMap(wrap)
  const width = Math.ceil(COLUMNS * CHARACTER_WIDTH + 2 * MARGIN)
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN + 14
  const body = lines.map((line, index) => textLine(line, MARGIN + 28 + index * LINE_HEIGHT))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>What npm start prints</title>',
    `<rect width="${width}" height="${height}" rx="10" fill="#14181f"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) => `<circle cx="${24 + index * 18}" cy="20" r="5.5" fill="${fill}"/>`,
    ),
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.4" fill="#c9d3e0">',
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function wrap(line: string): string[] {
  if (line.length <= COLUMNS) return [line]
  const indent = /^ */.exec(line)![0]
  const at = line.lastIndexOf(' ', COLUMNS)
  return [line.slice(0, at), ...wrap(`${indent}${line.slice(at + 1)}`)]
}

const COLOURS: readonly [RegExp, string][] = [
  [/^\$ /, '#ffffff'],
  [/^ +[\d,]+ {2}delivered/, '#6ee787'],
  [/^ +[\d,]+ {2}refused|^ {2}[a-z_]+ ×/, '#ff8a80'],
  [/^ {4}|^ignored|^ +[\d,]+ {2}repeated/, '#8b98a9'],
]

function textLine(line: string, y: number): string {
  const colour = COLOURS.find(([pattern]) => pattern.test(line))?.[1]
  const safe = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // Chromium lets a group's xml:space not reach its texts.
  return `<text xml:space="preserve" x="${MARGIN}" y="${y}"${colour === undefined ? '' : ` fill="${colour}"`}>${safe}</text>`
}

/** True when the committed picture is not what `npm start` prints. */
export function isPictureStale(): boolean {
  return readFileSync(PICTURE, 'utf8') !== draw(firstLight())
}

if (import.meta.main) {
  if (process.argv.includes('--check')) process.exitCode = isPictureStale() ? 1 : 0
  else writeFileSync(PICTURE, draw(firstLight()))
}
