/** For trying a guide: a visitor who comes by an ad. The click reference has what frameworks like to decode. */
const LANDING = '/?utm_source=ads&oppref=AbC%2Bd%20e+f%E4'

/** Visits the landing page, and gives the `Cookie` header that the browser has from then on. */
export async function land(
  site: string,
  page: (request: Request) => Promise<Response>,
  consent: 'yes' | 'no',
): Promise<string> {
  const said = `ads=${consent}`
  const answer = await page(new Request(site + LANDING, { headers: { cookie: said } }))
  return [said, ...answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])].join('; ')
}
