import type { Command } from 'commander'
import { ISSUES, type IssueCode, nearestKey } from 'waybill'
import { EXIT, type Io, print, style, UsageError } from '../io.ts'

export function registerExplain(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('explain')
    .argument('[code]')
    .option('--json', 'print as JSON on stdout')
    .action((code: string | undefined, options: { json?: boolean }) => exit(explain(code, options.json === true, io)))
}

function explain(code: string | undefined, json: boolean, io: Io): number {
  if (code === undefined) {
    if (json)
      print(io, JSON.stringify(Object.entries(ISSUES).map(([name, definition]) => ({ code: name, ...definition }))))
    else for (const [name, { about }] of Object.entries(ISSUES)) print(io, `${name.padEnd(28)} ${about}`)
    return EXIT.ok
  }
  const known = Object.hasOwn(ISSUES, code) ? ISSUES[code as IssueCode] : undefined
  if (known === undefined) throw unknownCode(code)
  if (json) print(io, JSON.stringify({ code, ...known }))
  else {
    const origin = known.origin === 'specification' ? "the API's own rule" : 'a rule of Waybill'
    print(io, `${style(io, 'bold', code, io.stdout)} (${known.severity}, ${origin})\n${known.about}\n${known.fix}`)
  }
  return EXIT.ok
}

function unknownCode(code: string): UsageError {
  const near = nearestKey(code, Object.keys(ISSUES))
  const help =
    near === undefined ? 'waybill explain lists all codes; others are the API’s own.' : `Did you mean ${near}?`
  return new UsageError(`There is no code "${code.slice(0, 60)}". ${help}`)
}
