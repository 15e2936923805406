/** A file as its system writes it, and the conversions in it. The day is 28 November 2026. */
export interface ExportSample {
  /** The known export that it is. */
  readonly name: string
  readonly file: string
  readonly text: string
  /** What a person has to add to `waybill send`, none where nothing. */
  readonly options: readonly string[]
  /** What a person has to say in a map. */
  readonly map?: Readonly<Record<string, unknown>>
  /** `id type time amount-in-minor-units currency items`, in the order of the file. */
  readonly events: readonly string[]
}

const lines = (...rows: readonly string[]): string => `${rows.join('\n')}\n`
const NEW_YORK = ['--time-zone', 'America/New_York']
const BERLIN = ['--time-zone', 'Europe/Berlin']

export const SAMPLES: readonly ExportSample[] = [
  {
    name: 'shopify-orders',
    file: 'orders_export_1.csv',
    text: lines(
      'Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing City,Billing Zip,Billing Province,Billing Country,Cancelled at,Id,Phone',
      "#1041,ana@example.com,paid,2026-11-28 09:12:00 -0500,unfulfilled,USD,84.00,96.50,2026-11-28 09:11:40 -0500,1,Truffle Box,48.00,TRF-12,Phoenix,'85004,AZ,US,,5550000001041,",
      '#1041,ana@example.com,,,,,,,2026-11-28 09:11:40 -0500,2,Caramels,18.00,CAR-6,,,,,,,',
      '#1043,cy@example.com,refunded,2026-11-28 10:00:00 -0500,fulfilled,USD,30.00,30.00,2026-11-28 10:00:00 -0500,1,Bar,30.00,BAR-1,Miami,33101,FL,US,,5550000001043,',
      '#1044,dee@example.com,pending,,unfulfilled,USD,30.00,30.00,2026-11-28 11:00:00 -0500,1,Bar,30.00,BAR-1,Miami,33101,FL,US,,5550000001044,',
    ),
    options: [],
    events: ['5550000001041 order_created 2026-11-28T14:11:40Z 9650 USD 2'],
  },
  {
    name: 'shopify-api-orders',
    file: 'orders.json',
    text: JSON.stringify({
      orders: [
        {
          id: 5550000001041,
          name: '#1041',
          email: 'ana@example.com',
          created_at: '2026-11-28T09:11:40-05:00',
          currency: 'USD',
          total_price: '96.50',
          financial_status: 'paid',
          line_items: [
            { id: 1, sku: 'TRF-12', name: 'Truffle', quantity: 1, price: '48.00' },
            { id: 2, sku: 'CAR-6', name: 'Caramel', quantity: 2, price: '18.00' },
          ],
        },
        {
          id: 5550000001042,
          name: '#1042',
          email: 'bo@example.com',
          created_at: '2026-11-28T09:11:40-05:00',
          currency: 'USD',
          total_price: '32.00',
          financial_status: 'refunded',
          line_items: [],
        },
      ],
    }),
    options: [],
    events: ['5550000001041 order_created 2026-11-28T14:11:40Z 9650 USD 2'],
  },
  {
    name: 'woocommerce-orders',
    file: 'orders.csv',
    text: lines(
      'order_id,order_number,date,paid_date,status,order_total,refunded_total,order_currency,customer_id,billing_first_name,billing_last_name,billing_email,billing_phone,billing_postcode,billing_city,billing_state,billing_country',
      '9001,9001,2026-11-28 10:15:00,2026-11-28 10:15:30,completed,45.00,0.00,USD,0,Ana,Lopez,ana@example.com,6025550101,85004,Phoenix,AZ,US',
      '9003,9003,2026-11-28 12:15:00,,cancelled,25.00,0.00,USD,17,Cy,Nair,cy@example.com,,02138,Cambridge,MA,US',
      '9004,9004,2026-11-28 13:15:00,2026-11-28 13:15:30,refunded,25.00,25.00,USD,18,Dee,Roe,dee@example.com,,89501,Reno,NV,US',
    ),
    options: NEW_YORK,
    events: ['9001 order_created 2026-11-28T15:15:00Z 4500 USD 0'],
  },
  {
    name: 'bigcommerce-orders',
    file: 'orders-2026-11-28.csv',
    text: lines(
      'Order ID,Customer ID,Customer Email,Order Date,Order Status,Order Total (inc tax),Order Currency Code',
      '1001,7,ana@example.com,2026-11-28T10:00:00Z,Completed,25.99,USD',
      '1002,8,bo@example.com,2026-11-28T11:00:00Z,Declined,19.99,USD',
    ),
    options: [],
    events: ['1001 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    name: 'magento-orders',
    file: 'export.csv',
    text: lines(
      'ID,Purchase Point,Purchase Date,Bill-to Name,Grand Total (Base),Grand Total (Purchased),Status,Customer Email',
      '000000101,Main Website,"Nov 28, 2026 3:04:00 PM",Ana Lopez,"$1,234.56","$1,234.56",complete,ana@example.com',
      '000000102,Main Website,"Nov 28, 2026 4:04:00 PM",Bo Chen,$20.00,$20.00,canceled,bo@example.com',
    ),
    options: NEW_YORK,
    map: { currency: { value: 'USD' } },
    events: ['000000101 order_created 2026-11-28T20:04:00Z 123456 USD 0'],
  },
  {
    name: 'stripe-payments-sessions',
    file: 'unified_payments.csv',
    text: lines(
      'id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,PaymentIntent ID,Checkout Session ID',
      'ch_1,2026-11-28 10:00:00,25.99,0.00,usd,Paid,cus_1,ana@example.com,pi_1,cs_1',
      'ch_2,2026-11-28 11:00:00,49.00,0.00,usd,Failed,cus_2,bo@example.com,pi_2,cs_2',
    ),
    options: [],
    events: ['cs_1 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-payments',
    file: 'payments.csv',
    text: lines(
      'id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Mode,Status,Customer ID,Customer Email,Captured,PaymentIntent ID',
      'ch_1,Order 1,Done.,2026-11-28 10:00,25.99,0.00,usd,23.99,1.05,Live,Paid,cus_1,ana@example.com,true,pi_1',
      'ch_2,Order 2,"Declined, not enough money.",2026-11-28 11:00,49.00,0.00,usd,0.00,0.00,Live,Failed,cus_2,bo@example.com,false,pi_2',
      'ch_3,Order 2,Done.,2026-11-28 11:02,49.00,0.00,usd,45.10,1.70,Live,Paid,cus_2,bo@example.com,true,pi_2',
      'ch_5,Order 4,Done.,2026-11-28 12:00,8900.00,0.00,jpy,53.10,1.70,Live,Paid,cus_3,cy@example.com,true,pi_3',
    ),
    options: [],
    events: [
      'pi_1 order_created 2026-11-28T10:00:00Z 2599 USD 0',
      'pi_2 order_created 2026-11-28T11:02:00Z 4900 USD 0',
      'pi_3 order_created 2026-11-28T12:00:00Z 8900 JPY 0',
    ],
  },
  {
    name: 'stripe-balance',
    file: 'balance_history.csv',
    text: lines(
      'id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description',
      'txn_1,charge,ch_1,25.99,1.05,24.94,usd,2026-11-28 10:00,2026-12-01 00:00,Order 1',
      'txn_2,refund,re_1,-25.99,0.00,-25.99,usd,2026-11-28 11:00,2026-12-01 00:00,REFUND',
      'txn_3,payout,po_1,-100.00,0.00,-100.00,usd,2026-11-28 12:00,2026-11-28 12:00,STRIPE PAYOUT',
    ),
    options: [],
    events: ['ch_1 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-balance-itemized',
    file: 'Itemized_balance_change_from_activity.csv',
    text: lines(
      'balance_transaction_id,created_utc,reporting_category,gross,fee,net,currency,payment_intent_id,customer_id,customer_email',
      'txn_1,2026-11-28 10:00:00,charge,25.99,1.05,24.94,usd,pi_1,cus_1,ana@example.com',
      'txn_2,2026-11-28 11:00:00,refund,-25.99,0,-25.99,usd,pi_1,cus_1,ana@example.com',
    ),
    options: [],
    events: ['pi_1 order_created 2026-11-28T10:00:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-api-sessions',
    file: 'sessions.json',
    text: JSON.stringify({
      object: 'list',
      data: [
        {
          id: 'cs_1',
          object: 'checkout.session',
          amount_total: 2599,
          currency: 'usd',
          created: 1795875120,
          mode: 'payment',
          payment_status: 'paid',
          status: 'complete',
          customer_details: { email: 'ana@example.com' },
        },
        {
          id: 'cs_2',
          object: 'checkout.session',
          amount_total: 4900,
          currency: 'usd',
          created: 1795875121,
          mode: 'payment',
          payment_status: 'unpaid',
          status: 'open',
          customer_details: { email: 'bo@example.com' },
        },
      ],
    }),
    options: [],
    events: ['cs_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-api-payments',
    file: 'payment_intents.ndjson',
    text: lines(
      '{"id":"pi_1","object":"payment_intent","amount":2599,"amount_received":2599,"currency":"usd","created":1795875120,"receipt_email":"ana@example.com","status":"succeeded"}',
      '{"id":"pi_2","object":"payment_intent","amount":100,"amount_received":0,"currency":"usd","created":1795875121,"receipt_email":null,"status":"canceled"}',
    ),
    options: [],
    events: ['pi_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-api-charges-of-payments',
    file: 'charges.ndjson',
    text: lines(
      '{"id":"ch_1","object":"charge","amount":2599,"currency":"usd","created":1795875120,"payment_intent":"pi_1","refunded":false,"billing_details":{"email":"ana@example.com"},"status":"succeeded"}',
      '{"id":"ch_2","object":"charge","amount":100,"currency":"usd","created":1795875121,"payment_intent":"pi_2","refunded":true,"billing_details":{"email":"bo@example.com"},"status":"succeeded"}',
    ),
    options: [],
    events: ['pi_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    name: 'stripe-api-charges',
    file: 'charges.json',
    text: '{ "object": "list", "has_more": false, "data": [ {"id":"ch_1","object":"charge","amount":2599,"currency":"usd","created":1795875120,"receipt_email":"ana@example.com","status":"succeeded"}, {"id":"ch_2","object":"charge","amount":100,"currency":"usd","created":1795875121,"receipt_email":"bo@example.com","status":"failed"} ] }\n',
    options: [],
    events: ['ch_1 order_created 2026-11-28T14:12:00Z 2599 USD 0'],
  },
  {
    name: 'square-items',
    file: 'items-2026-11-28.csv',
    text: lines(
      'Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type,Customer ID',
      '2026-11-28,15:04:05,Eastern Time (US & Canada),Drinks,Latte,1,Regular,LAT,$5.50,$0.00,$5.50,$0.44,TX1,Payment,C1',
      '2026-11-28,15:04:05,Eastern Time (US & Canada),Drinks,Tea,2,Regular,TEA,$7.00,$0.00,$7.00,$0.44,TX1,Payment,C1',
      '2026-11-28,16:04:05,Eastern Time (US & Canada),Drinks,Tea,1,Regular,TEA,-$3.50,$0.00,-$3.50,-$0.22,TX2,Refund,C1',
    ),
    options: [],
    map: { currency: { value: 'USD' } },
    events: ['TX1 order_created 2026-11-28T20:04:05Z 1250 USD 2'],
  },
  {
    name: 'square-transactions',
    file: 'transactions-2026-11-28.csv',
    text: lines(
      'Date,Time,Time Zone,Gross Sales,Net Sales,Tax,Total Collected,Transaction ID,Event Type,Customer ID',
      '2026-11-28,15:04:05,Pacific Time (US & Canada),$12.50,$12.50,$0.88,$13.38,TX1,Payment,C1',
    ),
    options: [],
    map: { currency: { value: 'USD' } },
    events: ['TX1 order_created 2026-11-28T23:04:05Z 1338 USD 0'],
  },
  {
    name: 'paypal-activity',
    file: 'Download.CSV',
    text: lines(
      '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Item Title","Item ID","Country Code","Balance Impact"',
      '"11/28/2026","07:04:00","PST","Ana Lopez","Express Checkout Payment","Completed","USD","1,234.56","-35.00","1,199.56","ana@example.com","shop@example.com","1AB","Box","TRF-12","US","Credit"',
      '"11/28/2026","08:04:00","PST","Bo Chen","Express Checkout Payment","Pending","USD","20.00","0.00","20.00","bo@example.com","shop@example.com","2AB","Bar","BAR-1","US","Memo"',
      '"11/28/2026","09:04:00","PST","","General Withdrawal","Completed","USD","-500.00","0.00","-500.00","","","3AB","","","","Debit"',
    ),
    options: [],
    events: ['1AB order_created 2026-11-28T15:04:00Z 123456 USD 1'],
  },
  {
    name: 'hubspot-deals',
    file: 'hubspot-crm-exports-deals.csv',
    text: lines(
      '"Record ID","Deal Name","Deal Stage","Close Date","Deal owner","Amount","Currency","Email"',
      '"7001","Beta","Closed Won","2026-11-28 15:04","Pat","1299.00","EUR","ana@example.com"',
      '"7002","Gamma","Closed Lost","2026-11-28 16:04","Pat","99.00","EUR","bo@example.com"',
    ),
    options: BERLIN,
    events: ['7001 order_created 2026-11-28T14:04:00Z 129900 EUR 0'],
  },
  {
    name: 'salesforce-opportunities',
    file: 'report1795.csv',
    text: lines(
      '"Opportunity Name","Close Date","Amount Currency","Amount","Stage","Opportunity ID","Account Name","Email"',
      '"Alpha","11/28/2026","USD","1299.00","Closed Won","0065g00000AbCdE","Acme","ana@example.com"',
      '"Beta","11/27/2026","USD","2000.00","Closed Lost","0065g00000AbCdF","Beta","bo@example.com"',
      '',
      '"Deals this week"',
      '"Made by Pat Roe, 11/28/2026 9:03 AM"',
    ),
    options: NEW_YORK,
    map: { timeOfDay: '12:00' },
    events: ['0065g00000AbCdE order_created 2026-11-28T17:00:00Z 129900 USD 0'],
  },
  {
    name: 'pipedrive-deals',
    file: 'deals-1234.csv',
    text: lines(
      'Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Status,Deal - Stage,Deal - Won time,Person - Email - Work',
      '41,Alpha,1299,EUR,Won,Negotiations,2026-11-28 14:04:00,ana@example.com',
      '42,Beta,99,EUR,Lost,Qualified,,bo@example.com',
    ),
    options: ['--time-zone', 'UTC'],
    events: ['41 order_created 2026-11-28T14:04:00Z 129900 EUR 0'],
  },
  {
    name: 'klaviyo-events',
    file: 'klaviyo.csv',
    text: lines(
      'Date,Time,Metric,Profile ID,Email,Event ID,$value,Currency',
      '2026-11-28,15:04:05,Placed Order,K1,ana@example.com,E1,25.99,USD',
      '2026-11-28,15:05:05,Opened Email,K1,ana@example.com,E2,,',
    ),
    options: NEW_YORK,
    events: ['E1 order_created 2026-11-28T20:04:05Z 2599 USD 0'],
  },
  {
    name: 'google-ads-orders',
    file: 'leads.csv',
    text: lines(
      '### INSTRUCTIONS ###,,,,,,',
      '# Leave these lines as they are,,,,,,',
      'Parameters:TimeZone=-0500,,,,,,',
      'Email,Phone Number,Conversion Name,Conversion Time,Conversion Value,Conversion Currency,Order ID',
      'ana@example.com,+16025550101,Lead,2026-11-28 10:00:00,25.99,USD,L1',
    ),
    options: [],
    events: ['L1 lead_created 2026-11-28T15:00:00Z 2599 USD 0'],
  },
  {
    name: 'google-ads-clicks',
    file: 'conversions.csv',
    text: lines(
      'Parameters:TimeZone=America/New_York',
      'Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency',
      'CjABC1,Purchase,2026-11-28 10:00:00,25.99,USD',
      'CjABC2,Purchase,11/28/2026 03:04:05 PM,49.00,USD',
      'CjABC3,Purchase,"Nov 28, 2026 1:01:54 PM",49.00,USD',
      'CjABC4,Purchase,2026-11-28 13:00:00-0500,49.00,USD',
      'CjABC5,Purchase,2026-11-28 13:00:00 America/New_York,49.00,USD',
    ),
    options: [],
    events: [
      'CjABC1-2026-11-28 10:00:00 order_created 2026-11-28T15:00:00Z 2599 USD 0',
      'CjABC2-11/28/2026 03:04:05 PM order_created 2026-11-28T20:04:05Z 4900 USD 0',
      'CjABC3-Nov 28, 2026 1:01:54 PM order_created 2026-11-28T18:01:54Z 4900 USD 0',
      'CjABC4-2026-11-28 13:00:00-0500 order_created 2026-11-28T18:00:00Z 4900 USD 0',
      'CjABC5-2026-11-28 13:00:00 America/New_York order_created 2026-11-28T18:00:00Z 4900 USD 0',
    ],
  },
  {
    name: 'microsoft-ads-clicks',
    file: 'offline.csv',
    text: lines(
      'Parameters:TimeZone=-0500,,,,',
      'Microsoft Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency',
      'm1,Purchase,11/28/2026 10:00:00 AM,25.99,USD',
    ),
    options: [],
    events: ['m1-11/28/2026 10:00:00 AM order_created 2026-11-28T15:00:00Z 2599 USD 0'],
  },
  {
    name: 'meta-offline-events',
    file: 'offline_events.csv',
    text: lines(
      'email,phone,fn,ln,ct,st,zip,country,event_time,event_name,value,currency,order_id',
      'ana@example.com,16025550101,ana,lopez,phoenix,az,85004,us,2026-11-28T10:00:00-05:00,Purchase,25.99,USD,O1',
      'bo@example.com,,bo,chen,miami,fl,33101,us,2026-11-28T11:00:00-05:00,Lead,,,O2',
    ),
    options: [],
    events: ['O1 order_created 2026-11-28T15:00:00Z 2599 USD 0', 'O2 lead_created 2026-11-28T16:00:00Z - - 0'],
  },
  {
    name: 'linkedin-conversions',
    file: 'conversions.csv',
    text: lines(
      'email,firstname,lastname,employeecompany,title,country,timestamp,eventtype,amount,currency,CRM Number',
      'ana@example.com,Ana,Lopez,Acme,CEO,US,"Nov 28, 2026",LEAD,25.99,USD,C-1',
    ),
    options: NEW_YORK,
    map: { id: 'CRM Number', timeOfDay: '12:00' },
    events: ['C-1 lead_created 2026-11-28T17:00:00Z 2599 USD 0'],
  },
  {
    name: 'ga4-bigquery',
    file: 'events.ndjson',
    text: lines(
      '{"event_date":"20261128","event_timestamp":"1795875120123456","event_name":"purchase","event_params":[{"key":"currency","value":{"string_value":"USD"}},{"key":"page_location","value":{"string_value":"https://shop.example.com/thanks?x=1"}}],"user_id":"u1","user_pseudo_id":"123.456","ecommerce":{"transaction_id":"T1","purchase_revenue":25.99},"geo":{"country":"United States","city":"Phoenix"},"items":[{"item_id":"A-1","item_name":"Box","price":12.995,"quantity":"2"}]}',
      '{"event_date":"20261128","event_timestamp":"1795875121123456","event_name":"page_view","event_params":[{"key":"page_location","value":{"string_value":"https://shop.example.com/"}}],"user_id":"u1","user_pseudo_id":"123.456"}',
    ),
    options: [],
    events: ['T1 order_created 2026-11-28T14:12:00Z 2599 USD 1'],
  },
]
