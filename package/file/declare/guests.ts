import { flag, integer, optional, record, required, text } from './shape.ts'
import { roleReference } from './words.ts'

const budget = (about: string) => optional(integer({ min: 1, max: 1_000_000_000, about }))

export const guests = record(
  {
    allowed: required(flag('Whether anybody may have an identity without a login.')),
    role: optional(roleReference),
    policy: optional(
      text({
        min: 1,
        max: 256,
        about:
          'What narrows guests besides their role: default, none, the ARN of a managed policy, or an inline policy of the role.',
      }),
    ),
    new: optional(flag('Whether new guests are made (true). Those who are known go on.')),
    perDay: budget('New guests of the pool in a day.'),
    perAddressHour: budget('New guests of one block of addresses in an hour.'),
    perNetworkHour: budget('New guests of one provider of access in an hour.'),
    proof: optional(
      text({
        values: ['work', 'turnstile', 'either'],
        about: 'What a client must do before a guest is made for it.',
      }),
    ),
    work: optional(integer({ min: 1, max: 16_384, about: 'Tries that the work takes on average (256).' })),
    proofFailure: optional(
      text({
        values: ['refuse', 'allow'],
        about: 'What becomes of tokens of Turnstile while Cloudflare cannot be asked (refuse).',
      }),
    ),
    ttlDays: optional(integer({ min: 1, max: 3_650, about: 'Days without use after which a guest is deleted.' })),
  },
  'Identities without a login.',
)
