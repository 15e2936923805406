/** Calls back for each run of neighbours that are alike, with the first of them and how many they are. */
export function eachAlike<Item>(
  items: readonly Item[],
  areAlike: (a: Item, b: Item) => boolean,
  visit: (first: Item, count: number) => void,
): void {
  for (let at = 0; at < items.length; ) {
    const first = items[at]!
    let end = at + 1
    while (end < items.length && areAlike(first, items[end]!)) end++
    visit(first, end - at)
    at = end
  }
}
