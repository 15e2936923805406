import { CHORES, type Claim, type Claims, EXPIRY, type RelayRow } from '../claim.ts'
import { StoreNotMigratedError, StoreSupersededError } from '../errors.ts'
import type { KeptRelay, MemoryData } from './data.ts'

/** One relay among those that share the data of a model. */
export interface Membership {
  readonly relay: string
  /** Milliseconds of the clock that all relays share, which may step. */
  readonly clock: () => number
  /** The newest version of the data that it knows. */
  readonly knows: number
}

/** A change of the data, beside which relays that know no version from `worksBeside` on cannot work. */
export interface MemoryChange {
  readonly worksBeside: number
  /** It is begun also while such relays live. */
  readonly force: boolean
  /** Of the clock that relays share. */
  readonly nowMs: number
}

/** Makes the change, or throws while rows of relays live that it leaves no room. */
export function changeMemoryData(data: MemoryData, { worksBeside, force, nowMs }: MemoryChange): void {
  const older = [...data.relays.values()].filter((row) => row.knows < worksBeside && !isRowOver(row, nowMs))
  if (older.length > 0 && !force)
    throw new StoreNotMigratedError(`It leaves no room for ${older.map(({ name }) => name).join(', ')}.`)
  data.worksBeside = Math.max(data.worksBeside, worksBeside)
}

export function memoryClaims(data: MemoryData, me: Membership): Claims {
  const owned = (): string[] => [...data.claims].filter(([, { relay }]) => relay === me.relay).map(([what]) => what)
  return {
    async renew({ name, forMs, delivers = true }) {
      if (me.knows < data.worksBeside) throw new StoreSupersededError('A newer version has changed the data.')
      const renewals = (data.relays.get(me.relay)?.renewals ?? 0) + 1
      data.relays.set(me.relay, { name, renewals, forMs, delivers, knows: me.knows, endsMs: me.clock() + forMs })
      return [...data.relays.keys()].map((relay) => rowOf(data, me, relay))
    },
    claim: async (wanted) =>
      isAlive(data, me)
        ? [...new Set(wanted)].filter((what) => ownerOf(data, what) === undefined).map((what) => take(data, me, what))
        : [],
    takeOver: async (gone, limit) =>
      isAlive(data, me) && isGone(data, me, gone) ? takeSome(data, me, gone, limit) : [],
    owned: async () => owned(),
    async note(what, text) {
      if (ownerOf(data, what) !== me.relay) return false
      data.claims.set(what, { ...data.claims.get(what), note: { text, atMs: me.clock() } })
      return true
    },
    async keepShapes(pixel, { taken, gone }) {
      if (ownerOf(data, pixel) !== me.relay) return false
      const claim = data.claims.get(pixel)!
      const changed = new Set([...taken, ...gone])
      const others = [...(claim.shapes ?? [])].filter((shape) => !changed.has(shape))
      data.claims.set(pixel, { ...claim, shapes: new Set([...others, ...taken]) })
      return true
    },
    giveUp: async (what) => giveUp(data, me, what),
    async leave() {
      giveUp(data, me, owned())
      data.relays.delete(me.relay)
    },
    owners: async () =>
      [...data.claims].flatMap(([what, { relay }]) =>
        relay === undefined ? [] : [{ what, relay, name: data.relays.get(relay)?.name ?? '' }],
      ),
  }
}

/** Whether the relay may lease events of a pixel; where there are no claims, anybody may. */
export function mayLease(data: MemoryData, me: Membership | undefined, pixel: string): boolean {
  return me === undefined || ownerOf(data, pixel) === me.relay
}

export function ownerOf({ claims }: MemoryData, what: string): string | undefined {
  return claims.get(what)?.relay
}

function rowOf(data: MemoryData, me: Membership, relay: string): RelayRow {
  const { name, renewals, delivers } = data.relays.get(relay)!
  const all = [...data.claims].filter(([what, claim]) => claim.relay === relay && !isChore(what))
  return {
    relay,
    name,
    renewals,
    isOwn: relay === me.relay,
    isOver: isOver(data.relays.get(relay), me),
    pixels: all.length,
    delivers,
  }
}

const isChore = (what: string): boolean => what === CHORES || what === EXPIRY

/** By the store's clock; where its end lies further ahead than a renewal can set it, that clock has stepped back since. */
function isOver(row: KeptRelay | undefined, { clock }: Membership): boolean {
  return row === undefined || isRowOver(row, clock())
}

function isRowOver({ endsMs, forMs }: KeptRelay, nowMs: number): boolean {
  const leftMs = endsMs - nowMs
  return leftMs <= 0 || leftMs > forMs
}

function isAlive({ relays }: MemoryData, me: Membership): boolean {
  return !isOver(relays.get(me.relay), me)
}

function isGone(
  { relays }: MemoryData,
  me: Membership,
  { relay, renewals }: Pick<RelayRow, 'relay' | 'renewals'>,
): boolean {
  const row = relays.get(relay)
  return relay !== me.relay && row?.renewals === renewals && isOver(row, me)
}

function takeSome(data: MemoryData, me: Membership, { relay }: Pick<RelayRow, 'relay'>, limit: number): Claim[] {
  const theirs = [...data.claims].filter(([, claim]) => claim.relay === relay).map(([what]) => what)
  const some = theirs.sort((a, b) => Number(isChore(b)) - Number(isChore(a))).slice(0, limit)
  endLeases(data, relay, some)
  if (some.length === theirs.length) data.relays.delete(relay)
  return some.map((what) => take(data, me, what))
}

function take(data: MemoryData, me: Membership, what: string): Claim {
  const before = data.claims.get(what)
  data.claims.set(what, { ...before, relay: me.relay })
  const agoMs = (atMs: number): number => Math.max(0, me.clock() - atMs)
  return {
    what,
    note: before?.note && { text: before.note.text, agoMs: agoMs(before.note.atMs) },
    givenUpAgoMs: before?.givenUpMs === undefined ? undefined : agoMs(before.givenUpMs),
    shapes: [...(before?.shapes ?? [])],
  }
}

function giveUp(data: MemoryData, me: Membership, what: readonly string[]): void {
  const mine = what.filter((one) => ownerOf(data, one) === me.relay)
  endLeases(data, me.relay, mine)
  for (const one of mine) {
    data.claims.set(one, { ...data.claims.get(one), relay: undefined, givenUpMs: me.clock() })
  }
}

/** What is in a lease of these pixels is queued again; nobody knows what became of it. */
function endLeases(data: MemoryData, relay: string, pixels: readonly string[]): void {
  for (const [token, lease] of [...data.leases])
    if (lease.relay === relay && pixels.includes(lease.pixel)) {
      for (const entry of data.entries.filter((one) => one.token === token))
        Object.assign(entry, { token: undefined, mayBeStored: true })
      data.leases.delete(token)
    }
}
