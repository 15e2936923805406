export default function Page() {
  // A form as it is, so that the thank-you page is a whole page load.
  return (
    <form method="post" action="/checkout">
      <input name="email" type="email" />
      <button type="submit">Buy</button>
    </form>
  )
}
