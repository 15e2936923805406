import { TIME } from 'waybill/sources'
import type { ColumnProfile } from './column-profile.ts'

/** What became of a row, as its words say. */
export type StatusWord = 'done' | 'undone'

/** A column that says what became of its rows. */
export interface StatusColumn {
  readonly column: string
  /** Each value with the rows that have it. */
  readonly values: ReadonlyMap<string, number>
  /** Values that are none of those that a conversion has. */
  readonly doubtful: readonly string[]
  /** It says when, or how much of it, was undone, or that it was a trial: nothing, or one of these, where it was not. */
  readonly isUndoing?: boolean
  readonly harmless?: readonly string[]
  /** It says so by numbers or keys, which another column may put into words. */
  readonly isCode?: boolean
}

/** Words of a conversion that took place: English, German, French, Spanish, Italian, Dutch, Portuguese; without accents. */
const DONE: ReadonlySet<string> = wordSet(`
  paid, fully paid, complete, completed, processing, processed, shipped, fulfilled, succeeded, success, successful, won, closed won, captured,
  settled, delivered, approved, confirmed, accepted, partially shipped, partially fulfilled, charge, payment, sale, purchase, cleared, available,
  bezahlt, gezahlt, abgeschlossen, beglichen, vollstandig, versendet, versandt, verschickt, erledigt, in bearbeitung, bearbeitet, gewonnen, geliefert, ausgeliefert,
  erfolgreich, bestatigt, zahlung, verkauf,
  paye, payee, termine, terminee, complete, completee, expedie, expediee, livre, livree, en cours de traitement, en preparation, traite, traitee, gagne, gagnee,
  reussi, reussie, accepte, acceptee, valide, validee, confirme, confirmee, paiement, vente,
  pagado, pagada, completado, completada, completo, procesando, procesado, en proceso, enviado, enviada, entregado, entregada, ganado, ganada, exitoso, finalizado,
  finalizada, aceptado, aceptada, aprobado, aprobada, confirmado, confirmada, pago, venta,
  pagato, pagata, completato, completata, in lavorazione, elaborato, spedito, spedita, consegnato, consegnata, evaso, evasa, vinto, vinta, riuscito, accettato, accettata, saldato, saldata, approvato,
  confermato, confermata, pagamento, vendita,
  betaald, voldaan, geaccepteerd, voltooid, afgerond, in behandeling, verzonden, verstuurd, geleverd, gewonnen, geslaagd, goedgekeurd, bevestigd, betaling, verkoop,
  concluido, concluida, pago, paga, enviado, aceito, aceita, processando, em processamento, entregue, ganho, ganha, aprovado, aprovada, venda`)

/** Words of what did not, or was undone. */
const UNDONE: ReadonlySet<string> = wordSet(`
  refunded, refund, partially refunded, partial refund, cancelled, canceled, cancellation, void, voided, failed, failure, declined, lost, closed lost, pending,
  unpaid, expired, chargeback, dispute, disputed, reversed, reversal, rejected, draft, abandoned, returned, return, on hold, payout, transfer, adjustment,
  incomplete, uncaptured, authorized, blocked, denied, overdue, unfulfilled, payment failure, stripe fee, withdrawal, requires action, requires payment method,
  credit note, credit memo, quote, quotation, estimate, proforma, pro forma, fraud, fraudulent, spam, past due, payment due, trash,
  storniert, stornierung, erstattet, teilweise erstattet, ruckerstattet, ruckerstattung, erstattung, fehlgeschlagen, offen, ausstehend, verloren, abgelehnt, unbezahlt,
  nicht bezahlt, gutschrift, rechnungskorrektur, angebot, kostenvoranschlag, betrug, widerrufen, abgebrochen, retourniert, auszahlung, wartend, entwurf,
  annule, annulee, rembourse, remboursee, remboursement, echoue, echouee, en attente, perdu, perdue, refuse, refusee, impaye, impayee, brouillon, retourne, avoir, note de credit, devis,
  cancelado, cancelada, reembolsado, reembolsada, reembolso, fallido, fallida, pendiente, perdido, perdida, rechazado, rechazada, anulado, anulada, devuelto, devuelta,
  impagado, borrador, nota de credito, factura rectificativa, presupuesto, cotizacion,
  annullato, annullata, rimborsato, rimborsata, rimborso, fallito, fallita, in attesa, in sospeso, perso, persa, rifiutato, rifiutata, non pagato, bozza, reso, nota di credito, preventivo,
  geannuleerd, terugbetaald, terugbetaling, mislukt, in afwachting, openstaand, verloren, geweigerd, niet betaald, concept, geretourneerd, creditnota, creditfactuur, offerte,
  estornado, estornada, falhou, falhado, aguardando, recusado, recusada, nao pago, rascunho, devolvido, devolvida,
  orcamento`)

const SAYS_STATUS = /status|statut|^stato|stage|etape|zustand|bezahlstand|zahlungsstand|lebenszyklus/
/** Names that are a status only where the cells say so: a state may be California, a type anything. */
const MAY_SAY_STATUS =
  /state|estado|etat|situa[ctz]|type|tipo|typ|art|phase|fase|result|outcome|kind|category|event|action|payment|zahlung|paiement|pagamento|pago|betaling|^env|environment|mode$/
/** Of a phrase such as `Pagamento in attesa`: words of what did not take place, or not yet, and of what was taken back. */
const WITHIN =
  /\b(?:cancel|refund|void|chargeback|fail|declin|reject|expir|pending|unpaid|await|storn|erstatt|widerruf|fehlgeschl|ausstehend|unbezahlt|annul|rembours|echou|attente|impay|reembols|pendient|rechaz|rimbors|attesa|rifiut|geannul|terugbet|mislukt|afwacht|wachten op|estorn|pendente|aguard|recusad|falh|fraud|abandon|credit (?:note|memo)|quotation|nota d[ei] credito)|\b(?:not|non|nicht|niet|pas|no|nao|da|a|te) (?:paid|paye|bezahlt|betaald|betalen|voldaan|pagat|pagad|pagar|pago)/
const SAYS_UNDONE =
  /refund|cancel|void|chargeback|disput|revers|return|storn|erstatt|annul|rembours|reembols|rimbors|terugbet|devuelt|devoluc|retour(?!n)|deleted|gelosch|supprim|eliminad|eliminat|verwijderd/
const NO_FATE = /reason|policy|method|url|address|phone|email|name|note|able$|id$|returning|reversecharge/
const SAYS_TEST =
  /^(?:is)?(?:(?:test|prueba|prova|teste|essai|sandbox)(?:order|mode|bestellung)?|spam|fraud|fraudulent|duplicate|trashed)$/
/** What a system for trials calls itself: nobody bought anything there. */
const TRIAL = /^(?:test|sandbox|demo|staging)(?: (?:mode|order|payment|transaction|data))?$/
const SAYS_DONE = /^(?:is)?(?:paid|captured|succeeded|confirmed|bezahlt|livemode|won)$/
const NO: ReadonlySet<string> = new Set([
  '',
  '0',
  'false',
  'no',
  'nein',
  'non',
  'nee',
  'nao',
  'n',
  'f',
  'falsch',
  'falso',
])
const YES: ReadonlySet<string> = new Set([
  '1',
  'true',
  'yes',
  'ja',
  'oui',
  'si',
  'sim',
  'y',
  'j',
  's',
  't',
  'wahr',
  'vero',
  'verdadero',
])
/** A person or a number has no place in a message. */
const UNSHOWN = /@|\d{6}/
const ZERO = /^\D*0+(?:[.,]0+)?\D*$/

/** The kind of a word of a status; `undefined` for one that is none. */
export function statusWord(text: string): StatusWord | undefined {
  const word = folded(text)
  if (UNDONE.has(word)) return 'undone'
  if (DONE.has(word)) return 'done'
  const [, outside, inside] = WITH_REMARK.exec(word) ?? []
  return outside === undefined || statusPhrase(inside!) === 'undone' ? undefined : statusWord(outside)
}

/** The kind of a status of several words, as far as one of them gives it away. */
export function statusPhrase(text: string): StatusWord | undefined {
  const word = folded(text)
  return statusWord(text) ?? (WITHIN.test(word) || TRIAL.test(word) ? 'undone' : undefined)
}

/** The column as one that says what became of its rows; `undefined` where it does not look like one. */
export function statusOf(profile: ColumnProfile): StatusColumn | undefined {
  if (profile.filled === 0) return undefined
  const name = reducedName(profile.column)
  const words = profile.words()
  const flag = flagOf(name, profile, words)
  if (flag !== undefined || words === undefined) return flag
  const isNamed = SAYS_STATUS.test(name) && !isTime(profile) && !/(?:url|link|by)$/.test(name)
  if (!isNamed && !hasStatusWords(name, words)) return undefined
  const doubtful = [...words.keys()].filter((value) => statusWord(value) !== 'done')
  const isCode = /(?:id|code)$/.test(name)
  return { column: profile.column, values: words, doubtful, ...(isCode ? { isCode } : {}) }
}

/** Whether most values are words of a status: then that is what the column says, whatever its name. */
export function saysStatus(profile: ColumnProfile): boolean {
  const words = profile.words()
  return words !== undefined && words.size > 0 && hasStatusWords('', words)
}

/** Whether a name may be that of a status, so that its words are looked at in every row. */
export function maySayStatus(column: string): boolean {
  return MAY_SAY_STATUS.test(reducedName(column))
}

/** A value of a status as a message may show it. */
export function shownStatus(value: string): string {
  return UNSHOWN.test(value) ? '…' : `"${value}"`
}

/** `Cancelled at`, `Amount Refunded`, `Test`, `Captured`: what counts is whether they say anything, or yes, or no. */
function flagOf(
  name: string,
  profile: ColumnProfile,
  words: ReadonlyMap<string, number> | undefined,
): StatusColumn | undefined {
  if (SAYS_STATUS.test(name)) return undefined
  const says = (isDoubtful: (value: string) => boolean): StatusColumn => {
    const values = words ?? new Map([['a value', profile.filled]])
    return { column: profile.column, values, doubtful: [...values.keys()].filter(isDoubtful) }
  }
  const undoes = (isDoubtful: (value: string) => boolean): StatusColumn => {
    const harmless = [...(words?.keys() ?? new Set(profile.first))].filter((value) => !isDoubtful(value))
    return { ...says(isDoubtful), isUndoing: true, harmless }
  }
  if (words !== undefined && SAYS_TEST.test(name)) return undoes((value) => YES.has(folded(value)))
  if (words !== undefined && SAYS_DONE.test(name) && isAll(words, (value) => NO.has(value) || YES.has(value)))
    return says((value) => NO.has(folded(value)))
  if (!SAYS_UNDONE.test(name) || NO_FATE.test(name)) return undefined
  const isMoneyOrFlagOrTime =
    words === undefined ||
    isTime(profile) ||
    isAll(words, (value) => NO.has(value) || YES.has(value) || /\d/.test(value))
  if (!isMoneyOrFlagOrTime) return undefined
  return undoes((value) => !NO.has(folded(value)) && !ZERO.test(value))
}

function isAll(words: ReadonlyMap<string, number>, test: (value: string) => boolean): boolean {
  return [...words.keys()].every((value) => test(folded(value)))
}

function isTime({ times }: ColumnProfile): boolean {
  return (times & (TIME.OFFSET | TIME.LOCAL | TIME.DATE_ONLY)) !== 0
}

/** Under a name that may say it one word that was undone is enough; under any other, half of them have to be such words. */
function hasStatusWords(name: string, words: ReadonlyMap<string, number>): boolean {
  const mayBe = MAY_SAY_STATUS.test(name)
  const kinds = [...words.keys()].map(mayBe ? statusPhrase : statusWord)
  const known = kinds.filter((kind) => kind !== undefined).length
  if (known === 0) return false
  if (mayBe && kinds.includes('undone')) return true
  return known * 2 >= kinds.length
}

/** `Closed won (Sales pipeline)`. */
const WITH_REMARK = /^([^()]+?) ?\(([^()]+)\)$/
/** What a word of a status is put behind. */
const OF_WHAT =
  /^(?:wc|order|payment|bestellung|zahlung|komplett|vollstandig|commande|paiement|pedido|pago|ordine|pagamento|bestelling|betaling) (?=\w)/

function folded(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
    .replace(OF_WHAT, '')
    .replace(/[.!]$/, '')
    .trim()
}

function reducedName(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function wordSet(list: string): ReadonlySet<string> {
  return new Set(list.split(',').map((word) => word.trim().replace(/\s+/g, ' ')))
}
