/** A tag by which the owner of a pool says how this service treats it. */
export interface KnownTag {
  tag: string
  label: string
  group: 'Sessions' | 'Guests' | 'Objects'
  /** What it does, and what may stand here. */
  about: string
  /** What holds without the tag. */
  without: string
  /** The only values, where these are words. */
  words?: readonly (readonly [value: string, label: string])[]
  /** What changes for whom when it is set to this value, or taken away. */
  consequence: (value: string | undefined) => string
}

const guests = (count: string | undefined, what: string) =>
  count === undefined ? `Guests are made without a bound ${what}.` : `At most ${count} new guests are made ${what}.`

/** In the order in which they are shown. docs/operating.md and docs/guests.md say more of each. */
export const KNOWN_TAGS: readonly KnownTag[] = [
  {
    tag: 'edge-identity:session-seconds',
    label: 'Session length in seconds',
    group: 'Sessions',
    about:
      'How long credentials of the enhanced flow last, for users and guests: 900 to 43200. A role that allows less refuses. Less than 3600 breaks Amplify.',
    without: '3600',
    consequence: (value) =>
      `Credentials from now on last ${value ?? '3600'} s. Those that were vended keep their time. A role that allows less refuses everybody.`,
  },
  {
    tag: 'edge-identity:guest-policy',
    label: 'What narrows guests',
    group: 'Sessions',
    about:
      'Besides their role, in the enhanced flow: default (the scope-down of Amazon Cognito), none, the ARN of a managed policy, or the name of an inline policy of the role.',
    without: 'default',
    consequence: (value) =>
      value === 'none'
        ? 'Guests may do everything that their role allows.'
        : `Guests may do what both their role and ${value === undefined || value === 'default' ? "Amazon Cognito's scope-down" : value} allow.`,
  },
  {
    tag: 'edge-identity:sts-regions',
    label: 'Regions of AWS STS',
    group: 'Sessions',
    about:
      'One to nine regions with blanks between them, where AWS STS may be asked. The nearest to the user is the first. At other STS it has no effect.',
    without: 'the region of the pool',
    consequence: (value) => `AWS STS is asked in ${value ?? 'the region of the pool'}.`,
  },
  {
    tag: 'edge-identity:last-used-days',
    label: 'Last use, once in days',
    group: 'Sessions',
    about: 'How exactly it is kept when an identity was last used: once in 1 to 30 days, or off.',
    without: '7',
    consequence: (value) =>
      value === 'off'
        ? 'No use of an identity is kept from now on; nobody can ask who was not used.'
        : `The use of an identity is kept once in ${value ?? '7'} days.`,
  },
  {
    tag: 'edge-identity:new-guests',
    label: 'New guests',
    group: 'Guests',
    about: 'Off: guests who are known go on, and no new ones are made. It ends a flood of guests at once.',
    without: 'on',
    words: [
      ['on', 'on'],
      ['off', 'off'],
    ],
    consequence: (value) =>
      value === 'off' ? 'No new guests are made. Guests who are known go on.' : 'New guests are made.',
  },
  {
    tag: 'edge-identity:guests-per-day',
    label: 'New guests a day',
    group: 'Guests',
    about: 'New guests of the pool in a day, by UTC. Beyond them GetId is refused until midnight.',
    without: 'endless',
    consequence: (value) => guests(value, 'a day'),
  },
  {
    tag: 'edge-identity:guests-per-address-hour',
    label: 'New guests of an address in an hour',
    group: 'Guests',
    about: 'Of one block of addresses: a /24, or a /48 of IPv6. A school or an office may be behind one.',
    without: 'endless',
    consequence: (value) => guests(value, 'in an hour for one block of addresses'),
  },
  {
    tag: 'edge-identity:guests-per-network-hour',
    label: 'New guests of a network in an hour',
    group: 'Guests',
    about: 'Of one provider of access, by its AS number.',
    without: 'endless',
    consequence: (value) => guests(value, 'in an hour for one provider of access'),
  },
  {
    tag: 'edge-identity:guest-proof',
    label: 'Proof before a guest is made',
    group: 'Guests',
    about:
      'What a client must do first: work, a token of Cloudflare Turnstile, or either. Turnstile needs the secret TURNSTILE_SECRET_<account>. Clients that know nothing of it get no guest.',
    without: 'nothing',
    words: [
      ['work', 'work'],
      ['turnstile', 'Turnstile'],
      ['either', 'either'],
    ],
    consequence: (value) =>
      value === undefined
        ? 'New guests need no proof.'
        : `Apps that bring no proof (${value}) get no new guest any more. Guests who are known go on.`,
  },
  {
    tag: 'edge-identity:guest-work',
    label: 'Work of a guest in tries',
    group: 'Guests',
    about: 'Tries that the work takes on average, 1 to 16384. A telephone takes some 0.5 ms for each.',
    without: '256',
    consequence: (value) => `The work before a new guest takes ${value ?? '256'} tries on average.`,
  },
  {
    tag: 'edge-identity:guest-proof-failure',
    label: 'While Turnstile cannot be asked',
    group: 'Guests',
    about: 'Refuse: no new guests meanwhile. Allow: tokens of Turnstile count unseen.',
    without: 'refuse',
    words: [
      ['refuse', 'refuse'],
      ['allow', 'allow'],
    ],
    consequence: (value) =>
      value === 'allow'
        ? 'While Cloudflare cannot be asked, tokens of Turnstile count unseen.'
        : 'While Cloudflare cannot be asked, tokens of Turnstile make no new guests.',
  },
  {
    tag: 'edge-identity:guest-ttl-days',
    label: 'Days after which an unused guest goes',
    group: 'Guests',
    about:
      'Guests that nobody uses for so many days are deleted, 1 to 3650. The days begin when the tag is set. It needs that last uses are kept.',
    without: 'guests stay',
    consequence: (value) =>
      value === undefined
        ? 'Guests that nobody uses stay.'
        : `Guests that nobody uses for ${value} days are deleted, for good. An app that comes back with such an id gets ResourceNotFoundException.`,
  },
  {
    tag: 'edge-identity:shards',
    label: 'Objects',
    group: 'Objects',
    about: 'Over how many objects the pool is spread: a power of two up to 256. It can be raised, and never lowered.',
    without: '1',
    consequence: (value) =>
      `The pool grows to ${value ?? '1'} objects while it serves. This cannot be undone: a pool never has fewer objects again.`,
  },
  {
    tag: 'edge-identity:places',
    label: 'Places',
    group: 'Objects',
    about:
      'Where the objects are: two to nine places of Cloudflare with blanks between them. It is read when the pool is made, or when it grows from one object to several.',
    without: 'near the region of the pool',
    consequence: (value) => `New objects are in ${value ?? 'the region of the pool'}. Places cannot be changed later.`,
  },
]
