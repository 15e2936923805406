/** Calls the bundled handler as Lambda does, for trying it without AWS. */
import { createServer } from 'node:http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'

type Handler = (incoming: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

const { handler } = (await import(new URL('./dist/handler.mjs', import.meta.url).href)) as { handler: Handler }

const server = createServer(async (request, response) => {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const body: Buffer[] = []
  for await (const bytes of request) body.push(bytes)
  const { headers, method = 'GET', socket } = request
  const http = { method, path: pathname, sourceIp: socket.remoteAddress, userAgent: headers['user-agent'] }
  const answer = await handler({
    rawPath: pathname,
    rawQueryString: search.slice(1),
    cookies: headers.cookie?.split('; '),
    headers,
    requestContext: { domainName: headers.host, http },
    body: Buffer.concat(body).toString('base64'),
    isBase64Encoded: true,
  } as unknown as APIGatewayProxyEventV2)
  response.writeHead(answer.statusCode ?? 200, {
    ...(answer.headers as Record<string, string>),
    'set-cookie': answer.cookies ?? [],
  })
  response.end(answer.body)
})
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
