import type { FilePool } from '../declare/index.ts'

/** Tags by which a pool says how this service treats it, and where the file has them under a name of their own. */
const PREFIX = 'edge-identity:'

interface SettingTag {
  tag: string
  /** Where the file has it, as messages name it. */
  place: string
  write(pool: FilePool): string | undefined
  /** The part of the file that says this. */
  read(value: string): SettingPart
}

/** What the tags of a pool become in a file. */
export type SettingPart = Partial<Pick<FilePool, 'sessionSeconds' | 'stsRegions' | 'shards' | 'places'>> & {
  guests?: GuestPart
}

/** What tags say of guests. */
export type GuestPart = Partial<Omit<NonNullable<FilePool['guests']>, 'allowed' | 'role'>>

const list = (value: string) => value.split(' ').filter((word) => word !== '')
const joined = (words: readonly string[] | undefined) => words?.join(' ')
const digits = (number: number | undefined) => (number === undefined ? undefined : String(number))

/** A tag about new guests, and how the file's value becomes that of the tag. */
function guestTag<K extends keyof GuestPart>(
  tag: string,
  key: K,
  write: (value: NonNullable<GuestPart[K]>) => string,
  read: (value: string) => GuestPart[K],
): SettingTag {
  return {
    tag: `${PREFIX}${tag}`,
    place: `guests.${key}`,
    write: ({ guests }) => {
      const value = guests?.[key]
      return value === undefined ? undefined : write(value)
    },
    read: (value) => ({ guests: { [key]: read(value) } }),
  }
}

const GUEST_TAGS: readonly SettingTag[] = [
  guestTag(
    'new-guests',
    'new',
    (value) => (value ? 'on' : 'off'),
    (value) => value !== 'off',
  ),
  guestTag('guests-per-day', 'perDay', String, Number),
  guestTag('guests-per-address-hour', 'perAddressHour', String, Number),
  guestTag('guests-per-network-hour', 'perNetworkHour', String, Number),
  guestTag('guest-proof', 'proof', String, (value) => value as GuestPart['proof']),
  guestTag('guest-work', 'work', String, Number),
  guestTag('guest-proof-failure', 'proofFailure', String, (value) => value as GuestPart['proofFailure']),
  guestTag('guest-ttl-days', 'ttlDays', String, Number),
]

export const SETTING_TAGS: readonly SettingTag[] = [
  {
    tag: `${PREFIX}session-seconds`,
    place: 'sessionSeconds',
    write: ({ sessionSeconds }) => digits(sessionSeconds),
    read: (value) => ({ sessionSeconds: Number(value) }),
  },
  {
    tag: `${PREFIX}guest-policy`,
    place: 'guests.policy',
    write: ({ guests }) => guests?.policy,
    read: (value) => ({ guests: { policy: value } }),
  },
  ...GUEST_TAGS,
  {
    tag: `${PREFIX}sts-regions`,
    place: 'stsRegions',
    write: ({ stsRegions }) => joined(stsRegions),
    read: (value) => ({ stsRegions: list(value) }),
  },
  {
    tag: `${PREFIX}shards`,
    place: 'shards',
    write: ({ shards }) => digits(shards),
    read: (value) => ({ shards: Number(value) }),
  },
  {
    tag: `${PREFIX}places`,
    place: 'places',
    write: ({ places }) => joined(places),
    read: (value) => ({ places: list(value) }),
  },
]

/** Tags that are read when a pool is made. */
export const TAGS_OF_CREATION: readonly string[] = [`${PREFIX}shards`, `${PREFIX}places`]

/** All tags that a pool of the file has. */
export function tagsOf(pool: FilePool): Record<string, string> {
  const settings = SETTING_TAGS.flatMap(({ tag, write }): [string, string][] => {
    const value = write(pool)
    return value === undefined ? [] : [[tag, value]]
  })
  return { ...pool.tags, ...Object.fromEntries(settings) }
}
