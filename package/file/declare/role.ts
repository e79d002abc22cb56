import { choice, constant, document, either, integer, list, map, optional, record, required, text } from './shape.ts'
import { POLICY_KEY, path, TAG_KEY, tagValue } from './words.ts'

const policy = either([path, document('A policy, as JSON has it.')])

const trust = either(
  [constant('pool', 'The pools that give out the role, for the kind of identity that they give it to.'), ...policy.of],
  'Who may have the role. `pool` writes the trust policy with the conditions aud and amr; a path or a document is taken as it is.',
)

const managedPolicy = text({
  pattern: 'arn:aws[a-z-]{0,20}:iam::(?:aws|[0-9]{12}):policy/[!-~]{1,512}',
  says: 'the ARN of a managed policy',
})

const bucket = text({
  pattern: '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]',
  says: 'the name of a bucket: 3 to 63 lower-case letters, digits and hyphens',
})

const access = either(
  [
    text({ values: ['object-read-only', 'object-read-write'] }),
    list(text({ pattern: '[A-Za-z0-9]{3,40}', says: 'an operation of S3, such as GetObject' }), { min: 1 }),
  ],
  'What users may do with the objects below their prefix.',
)

const vends = record(
  {
    r2: required(
      record({
        bucket: required(bucket),
        access: required(access),
        prefix: required(
          text({
            min: 2,
            max: 240,
            about: 'The prefix, such as releases/ or @repository_id/: a segment that begins with @ is a variable.',
          }),
        ),
      }),
    ),
  },
  'What whoever assumes the role gets instead of a session: the tag edge-identity:vends.',
)

const registered = record(
  {
    trust: required(trust),
    policy: optional(policy),
    policies: optional(map(policy, { keys: POLICY_KEY, about: 'Inline policies by name, where one is not enough.' })),
    attach: optional(list(managedPolicy, { about: 'ARNs of managed policies.' })),
    boundary: optional(managedPolicy),
    path: optional(
      text({
        pattern: '/|/[!-.0-~][!-~]{0,500}/',
        says: 'a path of IAM, such as /app/',
        about: 'The path of the role in its ARN (/).',
      }),
    ),
    description: optional(text({ max: 1000 })),
    maxSessionSeconds: optional(
      integer({ min: 3600, max: 43_200, about: 'The longest session of the role, in seconds (3600).' }),
    ),
    tags: optional(map(tagValue, { keys: TAG_KEY })),
    vends: optional(vends),
  },
  'A role that is registered at this service.',
)

const grant = record(
  {
    r2: required(
      record({
        bucket: required(bucket),
        access: required(access),
        prefix: required(
          text({ min: 2, max: 1024, about: `Where the objects of one user are, such as users/\${sub}/.` }),
        ),
      }),
    ),
  },
  'A grant of Cloudflare R2.',
)

export const role = choice({ trust: registered, r2: grant }, 'A role: of this service, or a grant of R2.')
