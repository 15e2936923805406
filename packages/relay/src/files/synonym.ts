import { FIELD_NAMES, type Field, findField } from './field.ts'
import { countsMinorUnits, fieldOfWords } from './header-words.ts'

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
    'orderref',
    'orderreference',
    'purchaseid',
    'paymentid',
    'chargeid',
    'invoiceid',
    'invoicenumber',
    'receiptnumber',
    'checkoutid',
    'bookingid',
    'opportunityid',
    'bestellnummer',
    'bestellnr',
    'bestellid',
    'auftragsnummer',
    'auftragsnr',
    'rechnungsnummer',
    'numerodecommande',
    'commande',
    'numerodepedido',
    'pedido',
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
    'purchasetime',
    'ordertime',
    'completedat',
    'placedat',
    'transactiondate',
    'transactiontime',
    'paymentdate',
    'createdtime',
    'createtime',
    'datecreated',
    'datepaid',
    'closedat',
    'datum',
    'bestelldatum',
    'bezahltam',
    'erstelltam',
    'fecha',
    'hora',
    'datedecommande',
    'heure',
    'uhrzeit',
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
    'adresseemail',
    'adressemail',
    'kundenemail',
    'emailclient',
    'emailcliente',
    'courriel',
    'correo',
    'correoelectronico',
    'indirizzoemail',
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
    'kundenid',
    'numeroclient',
    'idclient',
    'idcliente',
    'codicecliente',
    'klantnummer',
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
    'amounttotal',
    'paidamount',
    'purchasevalue',
    'purchaserevenue',
    'totalrevenue',
    'totalsales',
    'totalinctax',
    'sum',
    'betrag',
    'gesamtbetrag',
    'gesamtsumme',
    'gesamtpreis',
    'summe',
    'bestellwert',
    'montant',
    'montanttotal',
    'importe',
    'importetotal',
  ],
  currency: [
    'currencycode',
    'ordercurrency',
    'ordercurrencycode',
    'conversioncurrency',
    'isocurrency',
    'waehrung',
    'wahrung',
    'devise',
    'moneda',
    'divisa',
  ],
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
  item_amount: [
    'itemprice',
    'unitprice',
    'lineitemprice',
    'productprice',
    'itemcost',
    'priceperunit',
    'einzelpreis',
    'stuckpreis',
    'prixunitaire',
    'preciounitario',
  ],
  quantity: [
    'qty',
    'lineitemquantity',
    'itemqty',
    'productquantity',
    'itemcount',
    'menge',
    'anzahl',
    'quantite',
    'cantidad',
  ],
}

const byReducedName: ReadonlyMap<string, Field> = new Map([
  ...Object.entries(SYNONYMS).flatMap(([name, others]) => others.map((other) => entry(other, name))),
  ...FIELD_NAMES.map((name) => entry(reducedName(name), name)),
])

/** The field that a header of another spelling probably means: `Order ID`, `E-Mail`, `Paid at`, `Order Total (inc tax)`. */
export function guessField(header: string): Field | undefined {
  const field = namedField(header)
  return field?.kind === 'decimal' && countsMinorUnits(header) ? findField(IN_MINOR_UNITS[field.name] ?? '') : field
}

/** `Amount (cents)`: the field of the same place that counts them. */
const IN_MINOR_UNITS: Readonly<Record<string, string>> = { amount: 'data.amount', item_amount: 'contents.0.amount' }

function namedField(header: string): Field | undefined {
  for (const name of [header, header.replace(IN_BRACKETS, ''), header.replace(ZONE_AT_END, '')]) {
    const field = byReducedName.get(reducedName(name))
    if (field !== undefined) return field
  }
  const name = fieldOfWords(header) ?? fieldOfWords(header.replace(IN_BRACKETS, ''))
  return name === undefined ? undefined : findField(name)
}

/** How surely a header means a field, of several that may: the lists go from the buyer to where it is sent, and from customers to users. */
export function nameRank(header: string, { name }: Field): number {
  const at = SYNONYMS[name]?.indexOf(reducedName(header)) ?? -1
  return at < 0 ? LAST_RANK : at
}

const LAST_RANK = 100

/** A header by its letters and digits alone, without accents and case. */
export function reducedName(header: string): string {
  const plain = header.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Headers of the time of day, where the day has a column of its own. */
export function isClockName(header: string): boolean {
  return CLOCK_NAMES.test(reducedName(header))
}

/** Headers that speak of money without being the name of an order's value. */
export function isMoneyName(header: string): boolean {
  return MONEY_NAMES.test(reducedName(header))
}

/** Headers of money that may be the value of an order: of no part of it, and of nothing that was paid back. */
export function isValueName(header: string): boolean {
  return isMoneyName(header) && !PARTS.test(reducedName(header))
}

/** Of several that may be the value of an order: what is paid comes before what is so without taxes, shipping or fees. */
export function valueRank(header: string): number {
  return Number(SHORT_OF_ALL.test(header))
}

const IN_BRACKETS = /\s*[([].*?[)\]]/g
/** `created_at_utc`, `createdAtUtc`, `Date created GMT`. */
const ZONE_AT_END = /[\s_.-]?(?:utc|gmt)$/i
const CLOCK_NAMES = /time|uhrzeit|zeit|heure|hora/
const MONEY_NAMES =
  /total|amount|paid|price|gross|net|sum|betrag|summe|importe|montant|value|revenue|umsatz|sales|cents|prix|precio|prezzo|preis/
const SHORT_OF_ALL = /(?:^|[^a-z])(?:net(?![a-z])|netto|sub|sous|zwischen)/i
const PARTS =
  /tax|shipping|discount|fee|refund|coupon|tip|percent|rate|count|quantity|qty|balance|cost|points|steuer|mwst|versand|rabatt|gutschein|erstatt|frais|remise|rembours|impuesto|envio|descuento|reembols|paidat|date/

function entry(key: string, name: string): [string, Field] {
  return [key, findField(name)!]
}
