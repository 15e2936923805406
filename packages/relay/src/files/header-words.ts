/** What a word of a header speaks of. */
type Role = 'order' | 'number' | 'time' | 'made' | 'total' | 'tax' | 'with' | 'coin' | 'of'

const LISTS: Readonly<Record<Role, string>> = {
  order: `order orders lead deal opportunity conversion purchase transaction sale booking reservation invoice receipt ticket
    bestellung bestell bestellungs auftrag auftrags rechnung rechnungs beleg kauf verkauf verkaufs buchung buchungs vorgang vorgangs transaktion transaktions
    commande facture achat vente reservation pedido factura compra venta reserva ordine acquisto fattura vendita prenotazione
    bestelling bestel factuur aankoop bestellings verkoop encomenda fatura venda`,
  number: `id number no nr num ref reference code key nummer kennung referenz numero n referencia riferimento codice codigo codigo kenmerk`,
  time: `date time datetime timestamp datum zeit uhrzeit zeitpunkt zeitstempel fecha hora data ora heure horodatage tijd tijdstip`,
  made: `created creation placed made paid payment processed completed completion purchased occurred confirmed
    erstellt erstellung erstellungs bezahlt zahlung zahlungs getatigt eingegangen angelegt cree creee creation paye paiement passee creado creada creacion
    pagado pagada pago creazione creato pagato pagamento aangemaakt betaald betaling criado criacao`,
  total: `total amount value sum revenue turnover gesamt gesamtbetrag gesamtsumme gesamtpreis gesamtwert endbetrag summe betrag wert umsatz bestellwert
    auftragswert warenwert rechnungsbetrag zahlbetrag kaufpreis montant somme valeur importe valor suma ingresos importo totale valore somma
    totaal bedrag totaalbedrag`,
  tax: `tax taxes vat gst mwst ust mehrwertsteuer tva taxe iva btw impuestos`,
  with: `incl inc including with inkl inklusive mit ttc brutto gross con avec incluido inclusief lordo
    excl ex excluding without net netto exkl ohne zzgl ht hors sin senza exclusief grand final`,
  coin: `currency wahrung waehrung devise moneda divisa valuta moeda munteenheid munt monnaie whg whrg wkz`,
  of: `of the at on for in de del du des la le les el al der die das am um von vom di della dell il do da van het utc gmt d l`,
}

const ROLES: ReadonlyMap<string, ReadonlySet<Role>> = rolesByWord()
const LONGEST_HEADER = 80
const CODE_OF_CURRENCY = /^(?:eur|usd|gbp|chf|cad|aud|jpy|sek|nok|dkk|pln)$/

/** The field that the words of a header speak of, in the languages of shops: `N° de commande`, `Data dell'ordine`, `Total TTC (EUR)`. */
export function fieldOfWords(header: string): 'id' | 'timestamp' | 'amount' | 'currency' | undefined {
  if (header.length > LONGEST_HEADER) return undefined
  const words = wordsOf(header)
  const says = (...roles: readonly Role[]): boolean => words.every((word) => isOne(word, [...roles, 'of']))
  const has = (role: Role): boolean => words.some((word) => isOne(word, [role]))
  // Alone it is as often no date as one.
  if (words.length === 0 || words.join() === 'data') return undefined
  if (has('coin') && says('coin', 'order', 'number')) return 'currency'
  if (has('order') && has('number') && says('order', 'number')) return 'id'
  if (has('time') && says('time', 'order', 'made')) return 'timestamp'
  if (has('made') && words.some((word) => ON_A_DAY.test(word)) && says('made')) return 'timestamp'
  if (!has('total') || (has('tax') && !has('with'))) return undefined
  return words.every((word) => CODE_OF_CURRENCY.test(word) || isOne(word, IN_AMOUNTS)) ? 'amount' : undefined
}

/** Whether a header names the time of day at which an order was made, and not that of its delivery or of anything else. */
export function namesClock(header: string): boolean {
  const words = wordsOf(header.replace(IN_BRACKETS, ''))
  return (
    words.some((word) => CLOCKS.has(word)) &&
    words.every((word) => isOne(word, ['time', 'order', 'made', 'number', 'of']) || WHOSE.has(word))
  )
}

/** Whether a header says that its amounts count cents. */
export function countsMinorUnits(header: string): boolean {
  return wordsOf(header).some((word) => MINOR_UNITS.has(word))
}

const IN_AMOUNTS: readonly Role[] = ['total', 'order', 'made', 'tax', 'with', 'coin', 'of']
const IN_BRACKETS = /[([].*?[)\]]/g
const CLOCKS: ReadonlySet<string> = new Set('time hour zeit uhrzeit uhr hora ora heure tijd tijdstip'.split(' '))
/** Whose time it is, or how exact; no other event. */
const WHOSE: ReadonlySet<string> = new Set(
  'local clock day hour uhr est edt cst cdt mst mdt pst pdt bst cet cest'.split(' '),
)
const ON_A_DAY = /^(?:at|on|am|le|el|il)$/
const MINOR_UNITS: ReadonlySet<string> = new Set(
  'cent cents ct cts minor pence pennies centimes centimos centavos centesimi rappen ore'.split(' '),
)

/** The words of a header, without accents and case; a compound of two known words as these two. */
function wordsOf(header: string): string[] {
  const plain = header.replace(/[°º]/g, ' ').normalize('NFKD').replace(/\p{M}/gu, '')
  const words =
    plain
      .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return words.flatMap((word) => (ROLES.has(word) || CODE_OF_CURRENCY.test(word) ? [word] : (halvesOf(word) ?? [word])))
}

/** `bestellnummer` → `bestell`, `nummer`. */
function halvesOf(word: string): string[] | undefined {
  for (let at = 3; at <= word.length - 2; at++) {
    const halves = [word.slice(0, at), word.slice(at)]
    if (halves.every((half) => ROLES.has(half) && !isOne(half, ['of']))) return halves
  }
  return undefined
}

function isOne(word: string, roles: readonly Role[]): boolean {
  const own = ROLES.get(word)
  return own !== undefined && roles.some((role) => own.has(role))
}

function rolesByWord(): ReadonlyMap<string, ReadonlySet<Role>> {
  const roles = new Map<string, Set<Role>>()
  for (const [role, list] of Object.entries(LISTS) as [Role, string][]) {
    for (const word of list.split(/\s+/)) roles.set(word, (roles.get(word) ?? new Set()).add(role))
  }
  return roles
}
