/** Given to a process with `--import`: its wall clock begins at `BENCH_CLOCK_MS`, so that a store that was made for a time can be lived in. */
const offsetMs = Number(process.env['BENCH_CLOCK_MS']) - Date.now()
const now = Date.now
Date.now = () => now() + offsetMs
