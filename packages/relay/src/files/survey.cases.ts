import type { Contract } from 'waybill'

/** A file, what is given beside it, and what its first reading takes and asks. */
export interface FileCase {
  readonly name: string
  /** The file is a `.csv` where this begins with no brace. */
  readonly text: string
  readonly map?: unknown
  readonly zone?: string
  readonly contract?: Contract
  /** Field → column, or columns joined. */
  readonly takes?: Readonly<Record<string, string>>
  /** Code and what it is about, in their order. */
  readonly asks?: readonly string[]
  /** What the questions say, with the lines of a map. */
  readonly says?: readonly RegExp[]
}

const TYPE: unknown = { type: { value: 'order_created' } }
const T = '2026-11-28T15:04:00Z'

export const FILES: readonly FileCase[] = [
  {
    name: 'a row number beside the number of the order: both are named, with what each gives',
    text: `id,order_id,created_at,total,currency\n1,1001,${T},30.00,USD\n2,1001,${T},30.00,USD\n`,
    map: TYPE,
    asks: ['ambiguous_column id'],
    says: [
      /Two columns could be the id: "id" \(1, 2\) and "order_id" \(1001, 1001\)/,
      /"id": "id" \| "id": "order_id"/,
    ],
  },
  {
    name: 'a map that names the column settles it',
    text: `id,order_id,created_at,total,currency\n1,1001,${T},30.00,USD\n2,1001,${T},30.00,USD\n`,
    map: { type: { value: 'order_created' }, id: 'order_id' },
    takes: { id: 'order_id' },
  },
  {
    name: 'two columns that say the same in every row are one',
    text: `order_id,order_number,created_at,total,currency\n1,1,${T},3.00,USD\n2,2,${T},4.00,USD\n`,
    map: TYPE,
    takes: { id: 'order_id' },
  },
  {
    name: 'every name of an order is a candidate',
    text: `Transaction ID,Bestellnummer,created_at\nA,1,${T}\nB,2,${T}\n`,
    map: TYPE,
    asks: ['ambiguous_column id'],
  },
  {
    name: 'an empty candidate never beats a filled one',
    text: `Order Number,Order ID,Created at,Paid at\n,7,${T},\n,8,${T},\n`,
    map: TYPE,
    takes: { id: 'Order ID', timestamp: 'Created at' },
  },
  {
    name: 'a candidate that is filled only far below the first rows counts',
    text: `order_id,invoice_id,created_at\n${Array.from({ length: 1_200 }, (_, at) => `${at},${at < 1_100 ? '' : `x${at}`},${T}`).join('\n')}\n`,
    map: TYPE,
    asks: ['ambiguous_column id'],
  },
  {
    name: 'two columns of one name that differ: each has a name of its own in a map',
    text: `order_id,created_at,total,total,currency\n1,${T},30.00,25.00,EUR\n`,
    map: TYPE,
    asks: ['ambiguous_column amount'],
    says: [/"amount": "total \(1\)" \| "amount": "total \(2\)"/],
  },
  {
    name: 'the first of two columns of one name, by the name that was offered',
    text: `order_id,created_at,total,total,currency\n1,${T},30.00,25.00,EUR\n`,
    map: { type: { value: 'order_created' }, amount: 'total (1)' },
    takes: { id: 'order_id', timestamp: 'created_at', amount: 'total', currency: 'currency' },
  },
  {
    name: 'several columns that could be the amount',
    text: `Order ID,Created at,Total,Order Total,Amount Paid,Currency\n1001,${T},2,25.99,20.00,USD\n`,
    map: TYPE,
    asks: ['ambiguous_column amount'],
    says: [/"Total" \(2\), "Order Total" \(25\.99\) and "Amount Paid" \(20\.00\)/],
  },
  {
    name: 'a total of whole numbers beside money under a name that is not known',
    text: `Order ID,Created at,Total,Gross sales EUR,Currency\n1001,${T},2,25.99,USD\n`,
    map: TYPE,
    asks: ['ambiguous_column amount'],
  },
  {
    name: 'a net total beside another price: fees may be gone from it',
    text: `Order ID,Created at,Sale Price,Net Total,Currency\n1001,${T},25.99,23.39,USD\n`,
    map: TYPE,
    asks: ['ambiguous_column amount'],
    says: [/"Net Total" \(23\.39\) and "Sale Price" \(25\.99\)/],
  },
  {
    name: 'of several columns beside a net amount what is paid comes first, and what is short of taxes behind it; none is left out',
    text: `Order ID,Created at,Subtotal ($),Taxes ($),Price (USD),Sale Price ($),Fees ($),Net Total ($)\n1001,${T},30.00,2.00,31.00,32.00,3.00,29.00\n`,
    map: { type: { value: 'order_created' }, currency: { value: 'USD' } },
    asks: ['ambiguous_column amount'],
    says: [
      /"Net Total \(\$\)" \(29\.00\), "Price \(USD\)" \(31\.00\), "Sale Price \(\$\)" \(32\.00\) and "Subtotal \(\$\)"/,
    ],
  },
  {
    name: 'a total of cents, as its header says',
    text: `Order ID,Created at,Amount (cents),Currency\n1001,${T},2599,USD\n`,
    map: TYPE,
    takes: { id: 'Order ID', timestamp: 'Created at', 'data.amount': 'Amount (cents)', currency: 'Currency' },
  },
  {
    name: 'a status in keys stops, and not beside one in words',
    text: `order_id,created_at,order_status_id\n1,${T},5\n2,${T},7\n`,
    map: TYPE,
    asks: ['ambiguous_status order_status_id'],
  },
  {
    name: 'a status in keys beside the same in words is not asked about',
    text: `order_id,created_at,order_status_id,status\n1,${T},5,paid\n2,${T},7,refunded\n`,
    map: { type: { value: 'order_created' }, where: { status: 'paid' } },
    takes: { id: 'order_id', timestamp: 'created_at' },
  },
  {
    name: 'a total of words is no amount',
    text: `Order ID,Created at,Value,Currency\n1001,${T},high,USD\n`,
    map: TYPE,
    takes: { id: 'Order ID', timestamp: 'Created at', currency: 'Currency' },
  },
  {
    name: 'two times that differ',
    text: `order_id,date,paid_date\n1,2026-11-28 10:00,2026-11-28 10:01\n`,
    map: TYPE,
    zone: 'UTC',
    asks: ['ambiguous_column timestamp'],
  },
  {
    name: 'two currencies that differ',
    text: `order_id,created_at,total,currency,order currency\n1,${T},5.00,USD,EUR\n`,
    map: TYPE,
    asks: ['ambiguous_column currency'],
  },
  {
    name: 'a type of words that are no event names',
    text: `id,Conversion Name,timestamp\n1,Purchase,${T}\n2,Refund,${T}\n`,
    asks: ['ambiguous_column type'],
    says: [/"type": \{"column":"Conversion Name","values":\{"Purchase":"order_created","Refund":null\}\}/],
  },
  {
    name: 'words for events are offered with what ad platforms mean by them, and others are left to the person',
    text: `order_id,created_at,event\n1,${T},purchase\n2,${T},lead\n3,${T},sign_up\n4,${T},survey\n`,
    asks: ['ambiguous_column type'],
    says: [/"purchase":"order_created","lead":"lead_created","sign_up":"registration_completed","survey":null\}/],
  },
  {
    name: 'a table of values explains the words',
    text: `id,Conversion Name,timestamp\n1,Purchase,${T}\n2,Refund,${T}\n`,
    map: { values: { type: { purchase: 'order_created', refund: null } } },
    takes: { id: 'id', type: 'Conversion Name', timestamp: 'timestamp' },
  },
  {
    name: 'a state that says processing is no region',
    text: `id,type,timestamp,state\n1,order_created,${T},processing\n`,
    contract: '2026-11',
    takes: { id: 'id', type: 'type', timestamp: 'timestamp' },
  },
  {
    name: 'of two people the customer, and of two addresses that of the bill, wherever the columns stand',
    text: `id,type,timestamp,user_id,customer_id,shipping_country,billing_country\n1,lead_created,${T},7,100,DE,FR\n`,
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', external_id: 'customer_id', country: 'billing_country' },
  },
  {
    name: 'an address that all rows have is of nobody who bought',
    text: `id,type,timestamp,email address,contact email\n1,lead_created,${T},s@shop.example,a@example.com\n2,lead_created,${T},s@shop.example,b@example.com\n`,
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', email: 'contact email' },
  },
  {
    name: 'a state of the country is a region',
    text: `id,type,timestamp,state\n1,order_created,${T},Arizona\n`,
    contract: '2026-11',
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', region: 'state' },
  },
  {
    name: 'what the contract cannot carry is not guessed',
    text: `id,type,timestamp,Telephone,Vorname,Province\n1,lead_created,${T},+16025550101,Ada,AZ\n`,
    takes: { id: 'id', type: 'type', timestamp: 'timestamp' },
  },
  {
    name: 'a day and a time of day in two columns are joined',
    text: `Date,Time,Transaction ID\n28.11.2026,15:04:05,1\n`,
    map: TYPE,
    zone: 'America/New_York',
    takes: { id: 'Transaction ID', timestamp: 'Date + Time' },
  },
  {
    name: 'dates without a time of day are asked about',
    text: `order_id,date\n1,2026-11-28\n`,
    map: TYPE,
    zone: 'Europe/Berlin',
    asks: ['date_without_time timestamp'],
    says: [/: say which time to take\. "timeOfDay": "12:00"$/],
  },
  {
    name: 'an amount of nothing is no time of day, also where it could be read as one',
    text: `order_id,date,Discount\n1,2026-11-28,0.00\n`,
    map: TYPE,
    zone: 'Europe/Berlin',
    asks: ['date_without_time timestamp'],
    says: [/: say which time to take\. "timeOfDay": "12:00"$/],
  },
  {
    name: 'times that are midnight, all of them, are asked about as dates are',
    text: `order_id,date\n1,2026-11-28T00:00:00Z\n2,2026-11-28T00:00:00Z\n3,2026-11-27T00:00:00Z\n`,
    map: TYPE,
    asks: ['date_without_time timestamp'],
    says: [/holds no time of day but midnight/],
  },
  {
    name: 'one order at midnight is asked about as well: by chance it is one of a day of seconds',
    text: 'order_id,created_at\n1,2026-11-28 00:00:00\n',
    map: TYPE,
    zone: 'UTC',
    asks: ['date_without_time timestamp'],
  },
  {
    name: 'a date written with its midnight beside a column of clock times: they are one time',
    text: 'order_id,Date,Time\n1,2026-11-28 00:00:00,15:04\n2,2026-11-27 00:00:00,09:30\n',
    map: TYPE,
    zone: 'UTC',
    takes: { id: 'order_id', timestamp: 'Date + Time' },
  },
  {
    name: 'a day number beside a part of a day, and beside a clock on the first day of a spreadsheet',
    text: 'order_id,Order date,Order time\n1,46354,0.627777\n2,46353,1899-12-30 09:30:00\n',
    map: TYPE,
    zone: 'UTC',
    takes: { id: 'order_id', timestamp: 'Order date + Order time' },
  },
  {
    name: 'the time of a delivery is not that of the order, and is named',
    text: 'order_id,Order date,Delivery time\n1,2026-11-28,15:04\n2,2026-11-27,09:30\n',
    map: TYPE,
    zone: 'UTC',
    asks: ['date_without_time timestamp'],
    says: [/"timestamp": "\{Order date\} \{Delivery time\}"/],
  },
  {
    name: 'whole day numbers of a spreadsheet are dates',
    text: `order_id,date\n1,46354\n2,46355\n`,
    map: TYPE,
    zone: 'Europe/Berlin',
    asks: ['date_without_time timestamp'],
  },
  {
    name: 'a midnight among other times is a time',
    text: `order_id,date\n1,2026-11-28T00:00:00Z\n2,2026-11-28T00:00:00Z\n3,2026-11-27T10:00:00Z\n`,
    map: TYPE,
    takes: { id: 'order_id', timestamp: 'date' },
  },
  {
    name: 'dates that do not say which number is the day',
    text: `order_id,date\n1,03/04/2026 10:00\n2,05/04/2026 10:00\n`,
    map: TYPE,
    zone: 'Europe/Berlin',
    asks: ['ambiguous_date timestamp'],
    says: [/"dateFormat": "day-first" \| "dateFormat": "month-first"/],
  },
  {
    name: 'one date that can be read in one way only settles the others',
    text: `order_id,date\n1,03/04/2026 10:00\n2,28/04/2026 10:00\n`,
    map: TYPE,
    zone: 'Europe/Berlin',
    takes: { id: 'order_id', timestamp: 'date' },
  },
  {
    name: 'numbers with two readings are asked about, one number that has one settles them',
    text: `order_id,created_at,total,currency\n1,${T},"1,234",USD\n`,
    map: TYPE,
    asks: ['ambiguous_amount amount'],
    says: [/"decimal": "\." \| "decimal": ","/],
  },
  {
    name: 'thousands and fractions of one column',
    text: `order_id,created_at,total,currency\n1,${T},"1,234",USD\n2,${T},25.50,USD\n`,
    map: TYPE,
    takes: { id: 'order_id', timestamp: 'created_at', amount: 'total', currency: 'currency' },
  },
  {
    name: 'an integer amount of JSON may count cents',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","amount":2599,"currency":"usd"}\n`,
    asks: ['ambiguous_amount amount'],
    says: [/ambiguous_amount/, /"amountUnit": "minor" \| "amountUnit": "major"/],
  },
  {
    name: 'the same for a total, and for the price of an item',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","total":"25.00","item_amount":2500,"currency":"USD"}\n`,
    asks: ['ambiguous_amount item_amount'],
  },
  {
    name: 'not where the map says the unit',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","amount":2599,"currency":"usd"}\n`,
    map: { amountUnit: 'minor' },
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', amount: 'amount', currency: 'currency' },
  },
  {
    name: 'not where the column has a fraction anywhere',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","amount":2599,"currency":"usd"}\n{"id":"2","type":"order_created","timestamp":"${T}","amount":25.5,"currency":"usd"}\n`,
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', amount: 'amount', currency: 'currency' },
  },
  {
    name: 'not where the currency has no minor unit',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","amount":8900,"currency":"jpy"}\n`,
    takes: { id: 'id', type: 'type', timestamp: 'timestamp', amount: 'amount', currency: 'currency' },
  },
  {
    name: 'the prices of a list of items',
    text: `{"id":"1","type":"order_created","timestamp":"${T}","items":[{"sku":"a","price":500}],"currency":"usd"}\n`,
    map: { contents: { each: 'items', id: 'sku', amount: 'price' } },
    asks: ['ambiguous_amount item_amount'],
  },
  {
    name: 'a status that nobody looks at',
    text: `order_id,created_at,Status\n1,${T},completed\n2,${T},refunded\n`,
    map: TYPE,
    asks: ['ambiguous_status Status'],
    says: [/"completed" \(1\) and "refunded" \(1\)/, /"where": \{"Status":\["completed"\]\} \| "ignore": \["Status"\]/],
  },
  {
    name: 'a status in German',
    text: `Bestellnummer;Datum;Zahlungsstatus\n1;${T};bezahlt\n2;${T};storniert\n`,
    map: TYPE,
    asks: ['ambiguous_status Zahlungsstatus'],
  },
  {
    name: 'a column of any name whose words say what became of a row',
    text: `order_id,created_at,Kind\n1,${T},charge\n2,${T},payout\n`,
    map: TYPE,
    asks: ['ambiguous_status Kind'],
  },
  {
    name: 'a refund in an amount of its own, and a flag of tests',
    text: `order_id,created_at,Amount Refunded,Test,Cancelled at\n1,${T},0.00,false,\n2,${T},5.00,true,${T}\n`,
    map: TYPE,
    asks: ['ambiguous_status Amount Refunded', 'ambiguous_status Test', 'ambiguous_status Cancelled at'],
  },
  {
    name: 'rows that say nothing of a refund or a test count, whatever else is said',
    text: `order_id,created_at,Refunded,test,Cancelled at\n1,${T},0.00,true,\n2,${T},,,${T}\n3,${T},5.00,,\n`,
    map: TYPE,
    asks: ['ambiguous_status Refunded', 'ambiguous_status test', 'ambiguous_status Cancelled at'],
    says: [
      /"where": \{"Refunded":\["0.00",""\]\}/,
      /"where": \{"test":\{"empty":true\}\}/,
      /"where": \{"Cancelled at":\{"empty":true\}\}/,
    ],
  },
  {
    name: 'refunds of more amounts than can be listed, beside orders that say 0.00 of them',
    text: `order_id,created_at,Refunded\n${Array.from({ length: 100 }, (_, at) => `${at},${T},${at % 99}.00`).join('\n')}\n`,
    map: TYPE,
    asks: ['ambiguous_status Refunded'],
    says: [/"where": \{"Refunded":\["0.00"\]\}/],
  },
  {
    name: 'a word that comes up behind the first thousand rows, under a name that may be that of a status',
    text: `order_id,created_at,environment\n${Array.from({ length: 1_200 }, (_, at) => `${at},${T},${at === 1_199 ? 'sandbox' : 'production'}`).join('\n')}\n`,
    map: TYPE,
    asks: ['ambiguous_status environment'],
    says: [/"production" \(1,199\) and "sandbox" \(1\)/],
  },
  {
    name: 'a status that the map looks at, or that does not matter, is no question',
    text: `order_id,created_at,Status,Stage\n1,${T},completed,x\n2,${T},refunded,y\n`,
    map: { type: { value: 'order_created' }, where: { Status: 'completed' }, ignore: 'Stage' },
    takes: { id: 'order_id', timestamp: 'created_at' },
  },
  {
    name: 'words that begin like those of a status are no status',
    text: `order_id,created_at,Company\n1,${T},Paid in Full Ltd\n2,${T},Lost & Found GmbH\n`,
    map: TYPE,
    takes: { id: 'order_id', timestamp: 'created_at' },
  },
  {
    name: 'rows without an id below an order look like its further lines',
    text: `Order ID,Name,created_at,sku\n1,#1,${T},a\n,#1,,b\n2,#2,${T},a\n`,
    map: TYPE,
    asks: ['ambiguous_column groupBy'],
    says: [/"groupBy": "Name"/],
  },
  {
    name: 'a place in a list of keys that is another key in another row',
    text: `{"id":"1","timestamp":"${T}","p":[{"key":"a","value":"x"},{"key":"b","value":"y"}]}\n{"id":"2","timestamp":"${T}","p":[{"key":"b","value":"z"},{"key":"a","value":"w"}]}\n`,
    map: { type: { value: 'lead_created' }, external_id: 'p.0.value' },
    asks: ['ambiguous_column p.0.value'],
    says: [/"p\.a" \| .*"p\.b"/],
  },
  {
    name: 'one nested key turns no guess off',
    text: `{"order_id":"a","type":"order_created","created_at":"${T}","total":"25.99","currency":"EUR","tags":["x"]}\n`,
    takes: { id: 'order_id', type: 'type', timestamp: 'created_at', amount: 'total', currency: 'currency' },
  },
]
