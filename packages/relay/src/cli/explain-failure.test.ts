import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommanderError } from 'commander'
import { ConfigError } from 'waybill'
import { ConfigFaults } from '../config/fault.ts'
import { MappingError } from '../files/index.ts'
import { StoreAwayError, StoreNotMigratedError, StoreOwnedError, StoreSupersededError } from '../store/index.ts'
import { explainFailure } from './explain-failure.ts'
import { EXIT, type Io, UsageError } from './io.ts'

const FAULTS = [
  { key: 'pixels', remedy: 'name one' },
  { key: 'listen', remedy: 'write host:port' },
]
const CASES: readonly (readonly [title: string, error: unknown, said: RegExp, exitCode: number])[] = [
  ['wrong use', new UsageError('Name a file.'), /^waybill: Name a file\.\n$/, EXIT.usage],
  [
    'an error with a hint',
    new ConfigError('a', 'It is wrong.', { hint: 'Fix it.' }),
    /^waybill: It is wrong\. Fix it\.\n$/,
    2,
  ],
  ['a store', new StoreOwnedError('It is in use.', { hint: 'Stop it.' }), /^waybill: It is in use\. Stop it\.\n$/, 2],
  ['a store that is away', new StoreAwayError('Nobody answers.'), /^waybill: Nobody answers\.\n$/, EXIT.failed],
  [
    'a lock that somebody has',
    new StoreNotMigratedError('It waits.', { hint: 'Start again.' }),
    /^waybill: It waits\. Start again\.\n$/,
    EXIT.failed,
  ],
  ['a newer version of the data', new StoreSupersededError('Too old.'), /^waybill: Too old\.\n$/, 2],
  ['a mapping of two lines', new MappingError('One\n  two.'), /^waybill: One two\.\n$/, 2],
  [
    'every fault of a configuration',
    new ConfigFaults(FAULTS),
    /^waybill: pixels: name one\nwaybill: listen: write host:port\n$/,
    2,
  ],
  [
    'a word of the command line',
    new CommanderError(1, 'commander.x', 'error: bad'),
    /^waybill: bad\. See waybill --help\.\n$/,
    2,
  ],
  ['help that was asked for', new CommanderError(0, 'commander.help', ''), /^$/, EXIT.ok],
  [
    'what should not happen',
    new TypeError('x is not a function'),
    /^waybill: An error that should not happen: TypeError: x is/,
    2,
  ],
  ['what is no error at all', 'text', /^waybill: An error that should not happen: text\n$/, 2],
]

for (const [title, error, said, exitCode] of CASES) {
  test(`${title} is said in one place, each time with what to do`, () => {
    let text = ''
    const write = (piece: string): void => {
      text += piece
    }
    assert.equal(explainFailure(error, { stderr: { write }, env: {} } as unknown as Io), exitCode)
    assert.match(text, said)
  })
}
