/** A small shop as one AWS Lambda behind a function URL. The server and the pixel both report the order, and it counts once. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { captureOppref } from 'waybill/oppref'
import { consents, flush, orderPaid, thankYou } from './waybill.ts'

type Incoming = APIGatewayProxyEventV2
type Answer = APIGatewayProxyStructuredResultV2

const FORM = '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'

/** What Lambda calls. */
export async function handler(incoming: Incoming): Promise<Answer> {
  const [, name, key] = incoming.rawPath.split('/')
  if (name === '') return landing(incoming)
  if (name === 'checkout') return checkout(incoming)
  if (name === 'thank-you' && key !== undefined) return thanks(incoming, key)
  return { statusCode: 404, body: 'Not found' }
}

const cookieOf = ({ cookies = [] }: Incoming): string => cookies.join('; ')

/** The click that brought the visitor, from the parts that Lambda hands over. */
function clickOf(incoming: Incoming) {
  const request = {
    url: `https://${incoming.requestContext.domainName}${incoming.rawPath}?${incoming.rawQueryString}`,
    headers: new Headers({ cookie: cookieOf(incoming) }),
  }
  return captureOppref(request, { consent: () => consents(cookieOf(incoming)) })
}

/** The landing page, which keeps the click reference. */
async function landing(incoming: Incoming): Promise<Answer> {
  const { setCookie } = await clickOf(incoming)
  return page(FORM, {}, setCookie === undefined ? [] : [setCookie])
}

async function checkout(incoming: Incoming): Promise<Answer> {
  const body = Buffer.from(incoming.body ?? '', incoming.isBase64Encoded ? 'base64' : 'utf8').toString()
  const email = new URLSearchParams(body).get('email')
  const { consent, oppref } = await clickOf(incoming)
  const { sourceIp: ipAddress, userAgent } = incoming.requestContext.http
  const key = orderPaid(consent ? { oppref, user: { email, ipAddress, userAgent } } : {})
  // Lambda freezes the function as soon as it returns.
  await flush()
  return { statusCode: 303, headers: { location: `/thank-you/${key}` } }
}

function thanks(incoming: Incoming, key: string): Answer {
  const found = thankYou(key, consents(cookieOf(incoming)))
  if (found === undefined) return { statusCode: 404, body: 'No such order' }
  return page(`<h1>Thank you for order ${found.number}</h1>${found.pixel}`, found.headers)
}

function page(body: string, headers: Readonly<Record<string, string>>, cookies: string[] = []): Answer {
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    cookies,
    body: `<!doctype html><title>Shop</title>${body}`,
  }
}
