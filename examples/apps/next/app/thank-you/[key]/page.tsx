import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { thankYou } from '../../../lib/waybill'

export default async function Page({ params }: { params: Promise<{ key: string }> }) {
  const order = thankYou((await params).key, await headers())
  if (order === undefined) notFound()
  return (
    <main>
      <h1>Thank you for order {order.number}</h1>
      <div suppressHydrationWarning dangerouslySetInnerHTML={{ __html: order.pixel }} />
    </main>
  )
}
