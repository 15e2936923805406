/** A text of a table; its header's columns; its rows as cells, with `!code` of an issue or `~aside` before them; the notes, in part. */
export interface TableCase {
  readonly what: string
  readonly text: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes?: readonly RegExp[]
  readonly timeZone?: string
  readonly delimiter?: string
}

const AB = ['a', 'b']
const ORDER = ['order_id', 'created_at', 'total', 'currency']

export const TABLES: readonly TableCase[] = [
  { what: 'a plain table', text: 'a,b\n1,2\n', columns: AB, rows: [['1', '2']] },
  {
    what: "Google's parameters",
    text: 'Parameters:TimeZone=America/New_York\nGoogle Click ID,Conversion Name,Conversion Time\nC1,Purchase,2026-11-28 10:00:00\n',
    columns: ['Google Click ID', 'Conversion Name', 'Conversion Time'],
    rows: [['C1', 'Purchase', '2026-11-28 10:00:00']],
    timeZone: 'America/New_York',
    notes: [/line 1 stands above the header, which is line 2/, /in America\/New_York, as a line above/],
  },
  {
    what: 'remarks and parameters as wide as the table',
    text: '### INSTRUCTIONS ###,,,\n# Leave these lines,,,\nParameters:TimeZone=-0500;EntityType=X,,,\nEmail,Name,Time,Order ID\na@b.example,x,2026-11-28,L1\n',
    columns: ['Email', 'Name', 'Time', 'Order ID'],
    rows: [['a@b.example', 'x', '2026-11-28', 'L1']],
    timeZone: '-0500',
    notes: [/lines 1–3 stand above the header, which is line 4/, /-0500/],
  },
  {
    what: 'a title and what a report says of itself',
    text: 'Orders of Acme, Inc.\nPeriod,1 Nov - 28 Nov\n\norder_id,created_at,total,currency\n1,2026-11-28,5.00,USD\n2,2026-11-28,6.00,USD\n',
    columns: ORDER,
    rows: [
      ['1', '2026-11-28', '5.00', 'USD'],
      ['2', '2026-11-28', '6.00', 'USD'],
    ],
    notes: [/lines 1–3 stand above the header, which is line 4/],
  },
  {
    what: 'titles, names of groups and a foot as wide as the table, more of them than rows',
    text: 'Acme Ltd,,,\nSales by customer,,,\nNovember 2026,,,\n,Date,Num,Amount\nJane,,,\n,2026-11-28,1,5.00\n',
    columns: ['column 1', 'Date', 'Num', 'Amount'],
    rows: [
      ['Jane', '', '', ''],
      ['', '2026-11-28', '1', '5.00'],
    ],
    notes: [/lines 1–3 stand above the header, which is line 4/],
  },
  {
    what: 'another table below the first one, and rows of it that could be rows of this one',
    text: 'order_id,created_at,total,currency\n1,2026-11-28,5.00,USD\n\nrefund_id,created_at,total,currency\nR1,2026-11-28,5.00,USD\n',
    columns: ORDER,
    rows: [
      ['1', '2026-11-28', '5.00', 'USD'],
      ['!malformed_row', 'refund_id', 'created_at', 'total', 'currency'],
      ['!malformed_row', 'R1', '2026-11-28', '5.00', 'USD'],
    ],
    notes: [/2 rows belong to another table that begins in line 4/],
  },
  {
    what: 'another table of other names, behind a gap',
    text: 'order_id,created_at,total,currency\n1,2026-11-28,5.00,USD\n\nRefund,Day,Sum,Coin\nR1,2026-11-28,5.00,USD\n',
    columns: ORDER,
    rows: [
      ['1', '2026-11-28', '5.00', 'USD'],
      ['!malformed_row', 'Refund', 'Day', 'Sum', 'Coin'],
      ['!malformed_row', 'R1', '2026-11-28', '5.00', 'USD'],
    ],
  },
  {
    what: 'a row that says the name of its column, and one behind a gap',
    text: 'id,status,note\n1,status,x\n\n2,paid,note\nn,paid,note\n',
    columns: ['id', 'status', 'note'],
    rows: [
      ['1', 'status', 'x'],
      ['2', 'paid', 'note'],
      ['n', 'paid', 'note'],
    ],
  },
  {
    what: 'a title above a table with semicolons',
    text: 'Orders, all of them, of Acme\norder_id;created_at;total;currency\n1;2026-11-28;5,00;EUR\n',
    columns: ORDER,
    rows: [['1', '2026-11-28', '5,00', 'EUR']],
    notes: [/line 1 stands/],
    delimiter: ';',
  },
  {
    what: 'a header of two names above wider rows, which is no title',
    text: 'id,type\n1,lead_created,2026-11-28,x\n',
    columns: ['id', 'type'],
    rows: [['!malformed_row', '1', 'lead_created', '2026-11-28', 'x']],
  },
  { what: 'one column', text: 'id\n1\n2\n', columns: ['id'], rows: [['1'], ['2']] },
  {
    what: 'a column called #',
    text: '#,order,total\n1,x,2\n',
    columns: ['#', 'order', 'total'],
    rows: [['1', 'x', '2']],
  },
  {
    what: 'ids that begin with #',
    text: 'Name,Email,Total\n#1041,,5\n#1042,,6\n',
    columns: ['Name', 'Email', 'Total'],
    rows: [
      ['#1041', '', '5'],
      ['#1042', '', '6'],
    ],
  },
  {
    what: 'columns of one name, and without one',
    text: 'a,b,a,,a\n1,2,3,4,5\n',
    columns: ['a', 'b', 'a (2)', 'column 4', 'a (3)'],
    rows: [['1', '2', '3', '4', '5']],
  },
  {
    what: 'empty cells behind the last column',
    text: 'a,b\n1,2,\n3,4,,\n5,6, \n',
    columns: AB,
    rows: [
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ],
    notes: [/3 rows have empty cells behind the last column/],
  },
  {
    what: 'missing cells at the end',
    text: 'a,b,c,d\n1,2,3\n4,5,6,7\n8,9,10\n',
    columns: ['a', 'b', 'c', 'd'],
    rows: [
      ['1', '2', '3', ''],
      ['4', '5', '6', '7'],
      ['8', '9', '10', ''],
    ],
    notes: [/2 rows lack cells at their end, which are read as empty/],
  },
  {
    what: 'a cell with content beyond the header',
    text: 'a,b\n1,2,3\n4,5\n',
    columns: AB,
    rows: [
      ['!malformed_row', '1', '2', '3'],
      ['4', '5'],
    ],
  },
  {
    what: 'a line break in a cell without quotation marks, which makes two short rows of one',
    text: 'order_id,note,total,currency\n1,two\nlines,5.00,USD\n2,one,6.00,USD\n',
    columns: ['order_id', 'note', 'total', 'currency'],
    rows: [
      ['!malformed_row', '1', 'two'],
      ['!malformed_row', 'lines', '5.00', 'USD'],
      ['2', 'one', '6.00', 'USD'],
    ],
  },
  {
    what: 'the header again',
    text: 'order_id,created_at,total,currency\n1,x,5,USD\norder_id,created_at,total,currency\n2,x,6,USD\n',
    columns: ORDER,
    rows: [
      ['1', 'x', '5', 'USD'],
      ['~header', ...ORDER],
      ['2', 'x', '6', 'USD'],
    ],
    notes: [/1 row is the header again/],
  },
  {
    what: 'totals, whole and short',
    text: 'order_id,created_at,total,currency\n1,x,5,USD\nTotal,,11.00,USD\nGrand Total,,11.00\n,Summe:,11.00,\nSous-total,,"1.234,56 €",\n',
    columns: ORDER,
    rows: [
      ['1', 'x', '5', 'USD'],
      ['~totals', 'Total', '', '11.00', 'USD'],
      ['~totals', 'Grand Total', '', '11.00', ''],
      ['~totals', '', 'Summe:', '11.00', ''],
      ['~totals', 'Sous-total', '', '1.234,56 €', ''],
    ],
    notes: [/4 rows are totals and no conversion/],
  },
  {
    what: 'totals in Italian, Dutch, Spanish and Portuguese',
    text: 'order_id,created_at,total,currency\n1,x,5,USD\nTotale complessivo,,11.00,\nTotaal,,11.00,\nSuma total,,11.00,\nTotal geral,,11.00,\n',
    columns: ORDER,
    rows: [
      ['1', 'x', '5', 'USD'],
      ['~totals', 'Totale complessivo', '', '11.00', ''],
      ['~totals', 'Totaal', '', '11.00', ''],
      ['~totals', 'Suma total', '', '11.00', ''],
      ['~totals', 'Total geral', '', '11.00', ''],
    ],
    notes: [/4 rows are totals and no conversion/],
  },
  {
    what: 'an order whose id begins with the word, which is no total',
    text: 'order_id,created_at,total,currency\nTotal-1,2026-11-28,5,\nTotal,2026-11-28T10:00:00Z,5,\nTotal,a@b.example,5,\n',
    columns: ORDER,
    rows: [
      ['Total-1', '2026-11-28', '5', ''],
      ['Total', '2026-11-28T10:00:00Z', '5', ''],
      ['Total', 'a@b.example', '5', ''],
    ],
  },
  {
    what: 'the foot of a report, after a gap',
    text: 'Name,Stage,Amount\nBeta,Won,5\n\n\n"Deals this week"\n"Made by Pat Roe, 11/28/2026 9:03 AM"\n"Acme"\n',
    columns: ['Name', 'Stage', 'Amount'],
    rows: [
      ['Beta', 'Won', '5'],
      ['~footer', 'Deals this week', '', ''],
      ['~footer', 'Made by Pat Roe, 11/28/2026 9:03 AM', '', ''],
      ['~footer', 'Acme', '', ''],
    ],
    notes: [/3 rows are the foot of the report/],
  },
  {
    what: 'a lone cell in the middle, which is a row',
    text: 'Name,Stage,Amount\n\nBeta\nGamma,Won,5\n',
    columns: ['Name', 'Stage', 'Amount'],
    rows: [
      ['Beta', '', ''],
      ['Gamma', 'Won', '5'],
    ],
    notes: [/1 row lacks cells/],
  },
  {
    what: 'a lone id at the end without a gap, which is a row',
    text: 'Name,Stage,Amount\nBeta,Won,5\nGamma\n',
    columns: ['Name', 'Stage', 'Amount'],
    rows: [
      ['Beta', 'Won', '5'],
      ['Gamma', '', ''],
    ],
  },
  {
    what: 'a refused file, whose rows must keep its columns',
    text: 'a,b,line,codes,reasons\n1,7,missing_id,There is no id.\n',
    columns: ['a', 'b', 'line', 'codes', 'reasons'],
    rows: [['!malformed_row', '1', '7', 'missing_id', 'There is no id.']],
  },
]
