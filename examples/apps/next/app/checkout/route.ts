import { after } from 'next/server'
import { placeOrder } from '../../lib/waybill'

export function POST(request: Request) {
  return placeOrder(request, (promise) => after(() => promise))
}
