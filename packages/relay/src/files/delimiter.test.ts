import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvHeader } from './csv-text.ts'
import { DELIMITERS, detectDelimiter } from './delimiter.ts'

const HEADERS: readonly [head: string, delimiter: string][] = [
  ['id,type,amount\n1;2;3;4;5', ','],
  ['id;type;amount\n1,2,3,4,5,6', ';'],
  ['id\ttype\n', '\t'],
  ['id|type|amount', '|'],
  ['"a;b;c;d",type,amount\n', ','],
  ['"a,""b,c,d";type\n', ';'],
  ['\ufeff\r\nid;type\r\n', ';'],
  ['id\n1,2', ','],
  ['sep=;\r\nid;type,amount,currency\r\n', ';'],
  ['\ufeffSEP=|\nid|type', '|'],
  ['sep=,\nid,type', ','],
  ['sep=x\nidxtype', ','],
]

for (const [head, delimiter] of HEADERS) {
  test(`the delimiter of the header ${JSON.stringify(head)} is ${JSON.stringify(delimiter)}`, () => {
    assert.equal(detectDelimiter(head), delimiter)
  })
}

test('a header is written so that its delimiter is found again, whatever its names hold', () => {
  for (const delimiter of DELIMITERS) {
    const header = csvHeader(['a,b,c,d', 'e;f;g;h', 'i|j|k|l', 'm\tn\to\tp', 'q'], delimiter)
    assert.equal(detectDelimiter(header), delimiter)
  }
})
