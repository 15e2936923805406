/** Months in English, German, French, Spanish, Italian, Dutch and Portuguese; the first letters are enough where they are of one month only. */
const MONTHS: readonly string[] = [
  'january januar jänner janvier enero gennaio januari janeiro',
  'february februar feber février febrero febbraio februari fevereiro',
  'march märz mars marzo maart março',
  'april avril abril aprile',
  'may mai mayo maggio mei maio',
  'june juni juin junio giugno junho',
  'july juli juillet julio luglio julho',
  'august août agosto augustus',
  'september septembre septiembre setiembre settembre setembro',
  'october oktober octobre octubre ottobre outubro',
  'november novembre noviembre novembro',
  'december dezember décembre diciembre dicembre dezembro',
]
const WEEKDAYS: readonly string[] = [
  'monday montag lundi lunes lunedì maandag segunda',
  'tuesday dienstag mardi martes martedì dinsdag terça',
  'wednesday mittwoch mercredi miércoles mercoledì woensdag quarta',
  'thursday donnerstag jeudi jueves giovedì donderdag quinta',
  'friday freitag vendredi viernes venerdì vrijdag sexta',
  'saturday samstag sonnabend samedi sábado sabato zaterdag',
  'sunday sonntag dimanche domingo domenica zondag',
]
/** Short forms that are no beginning of the name. */
const SHORT_MONTHS: Readonly<Record<string, number>> = { mrz: 3, mrt: 3, sept: 9 }
const SHORT_WEEKDAYS: readonly string[] = ['mo', 'di', 'mi', 'do', 'fr', 'sa', 'so', 'lu', 'ma', 'me', 'je', 've']

const months = beginnings(MONTHS)
const weekdays = beginnings(WEEKDAYS)

/** 1 to 12 for a name of a month, whole or shortened to three letters or more, with or without its point. */
export function monthOf(name: string): number | undefined {
  const word = reduced(name)
  return SHORT_MONTHS[word] ?? months.get(word)
}

/** Whether a word is the name of a day of the week, which says nothing that the date does not. */
export function isWeekday(name: string): boolean {
  const word = reduced(name)
  return weekdays.has(word) || SHORT_WEEKDAYS.includes(word)
}

function reduced(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f.]/g, '')
}

/** Every beginning of three letters or more that belongs to one line only. */
function beginnings(lines: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const [index, line] of lines.entries()) {
    for (const word of line.split(' ').map(reduced)) {
      for (let letters = Math.min(3, word.length); letters <= word.length; letters++) {
        const start = word.slice(0, letters)
        const other = found.get(start)
        found.set(start, other === undefined || other === index + 1 ? index + 1 : 0)
      }
    }
  }
  return new Map([...found].filter(([, number]) => number > 0))
}
