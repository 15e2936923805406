import { type NextRequest, NextResponse } from 'next/server'
import { onEveryPage } from './lib/waybill'

export const config = { matcher: ['/((?!_next/|favicon.ico).*)'] }

export function proxy(request: NextRequest) {
  return onEveryPage(request, (init) => NextResponse.next(init))
}
