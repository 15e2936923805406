import { Form } from 'react-router'

export default function Landing() {
  // A whole page load: scripts of a page that React only swaps in would not run.
  return (
    <Form method="post" action="/checkout" reloadDocument>
      <input name="email" type="email" />
      <button type="submit">Buy</button>
    </Form>
  )
}
