/** Line drawings of 20 × 20. */
const PATHS: Readonly<Record<string, string>> = {
  today: 'M3 16V9m5 7V4m5 12v-5m4 5V7',
  refused: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.5 7.5l5 5m0-5-5 5',
  events: 'M4 5h12M4 10h12M4 15h8',
  pixels: 'M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z',
  signal: 'M4 13a8 8 0 0 1 12 0M6.5 15.5a5 5 0 0 1 7 0M10 17.5h.01M2 10a11 11 0 0 1 16 0',
  requests: 'M4 7h11m-3-3 3 3-3 3M16 13H5m3-3-3 3 3 3',
  activity: 'M3 10h3l2-5 4 10 2-5h3',
  sandbox: 'M4 7l6-3 6 3v6l-6 3-6-3zM4 7l6 3 6-3M10 10v6',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
}

export function Icon({ name }: { readonly name: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
