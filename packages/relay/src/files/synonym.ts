import { FIELD_NAMES, type Field, findField } from './field.ts'

/**
 * Headers as shops, CRMs and ad platforms write them, reduced to letters and digits. Fields whose values come from a closed
 * list (action_source) have none: a wrong guess there would refuse every row.
 */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  id: [
    'eventid',
    'orderid',
    'ordernumber',
    'orderno',
    'ordername',
    'order',
    'transactionid',
    'leadid',
    'recordid',
    'dealid',
    'conversionid',
    'subscriptionid',
    'bestellnummer',
    'bestellnr',
    'auftragsnummer',
  ],
  type: ['eventtype', 'eventname', 'event', 'conversionname', 'conversiontype'],
  custom_event_name: ['customname', 'customevent'],
  timestamp: [
    'eventtime',
    'eventdate',
    'createdat',
    'created',
    'createdutc',
    'createddate',
    'createdateutc',
    'createdate',
    'creationdate',
    'paidat',
    'paiddate',
    'processedat',
    'orderdate',
    'orderedat',
    'purchasedate',
    'purchasedat',
    'conversiontime',
    'conversiondate',
    'occurredat',
    'occurredtime',
    'datetime',
    'date',
    'time',
    'submittedat',
    'startedat',
    'closedate',
    'datum',
    'bestelldatum',
    'zeitpunkt',
    'zeitstempel',
  ],
  source_url: ['eventsourceurl', 'url', 'pageurl'],
  oppref: ['clickid', 'openaiclickid', 'clickreference'],
  opt_out: ['optedout'],
  email: [
    'emailaddress',
    'mail',
    'mailaddress',
    'customeremail',
    'billingemail',
    'contactemail',
    'useremail',
    'buyeremail',
    'hashedemail',
    'emailadresse',
  ],
  external_id: [
    'customerid',
    'customernumber',
    'userid',
    'contactid',
    'clientid',
    'memberid',
    'accountid',
    'kundennummer',
    'kundennr',
  ],
  phone: [
    'phonenumbers',
    'telephone',
    'mobile',
    'mobilephone',
    'customerphone',
    'billingphone',
    'phoneno',
    'telefon',
    'telefonnummer',
  ],
  first_name: ['givenname', 'forename', 'customerfirstname', 'billingfirstname', 'vorname'],
  last_name: ['surname', 'familyname', 'customerlastname', 'billinglastname', 'nachname'],
  country: ['countrycode', 'billingcountry', 'billingcountrycode', 'customercountry', 'shippingcountry', 'land'],
  city: ['town', 'billingcity', 'customercity', 'shippingcity', 'ort', 'stadt'],
  region: ['state', 'province', 'billingstate', 'billingprovince', 'shippingprovince', 'stateprovince', 'stateregion'],
  zip_code: ['zip', 'postcode', 'billingzip', 'billingpostcode', 'zippostalcode', 'shippingzip', 'plz'],
  ip_address: ['ip', 'clientip', 'clientipaddress', 'browserip', 'customeripaddress', 'remoteip'],
  user_agent: ['useragent', 'clientuseragent', 'browseruseragent', 'useragentstring'],
  amount: [
    'total',
    'totalprice',
    'totalamount',
    'ordertotal',
    'orderamount',
    'ordervalue',
    'grandtotal',
    'value',
    'revenue',
    'conversionvalue',
    'totalpaid',
    'amountpaid',
    'betrag',
    'gesamtbetrag',
    'gesamtsumme',
  ],
  currency: ['currencycode', 'ordercurrency', 'conversioncurrency', 'isocurrency', 'waehrung', 'wahrung'],
  plan_id: ['subscriptionplan', 'subscriptionplanid'],
  item_id: [
    'sku',
    'productid',
    'itemsku',
    'productsku',
    'lineitemsku',
    'variantsku',
    'lineitemid',
    'articleid',
    'artikelnummer',
  ],
  item_name: ['product', 'productname', 'lineitemname', 'itemtitle', 'producttitle', 'lineitemtitle', 'artikelname'],
  item_amount: ['itemprice', 'unitprice', 'lineitemprice', 'productprice', 'itemcost', 'priceperunit'],
  quantity: ['qty', 'lineitemquantity', 'itemqty', 'productquantity', 'itemcount', 'menge', 'anzahl'],
}

const byReducedName: ReadonlyMap<string, Field> = new Map([
  ...Object.entries(SYNONYMS).flatMap(([name, others]) => others.map((other) => entry(other, name))),
  ...FIELD_NAMES.map((name) => entry(reduced(name), name)),
])

/** The field that a header of another spelling probably means: `Order ID`, `E-Mail`, `Paid at`, `Lineitem sku`. */
export function guessField(header: string): Field | undefined {
  return byReducedName.get(reduced(header))
}

function entry(key: string, name: string): [string, Field] {
  return [key, findField(name)!]
}

function reduced(header: string): string {
  const plain = header.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}
