import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: 'Works with the identities of a pool: npm run identity -- <action> --pool <pool id> [options]',
    actions: {
      find: 'the identity that has a login: --provider and --subject, or --token',
      show: 'one identity: --identity',
      list: 'all identities, or those of a state or a provider, or unused ones, by id',
      stats: 'how many identities the pool has, by state and provider, as they were counted last',
      link: 'gives an identity a login that nobody has: --identity, --provider and --subject',
      unlink: 'takes one login off: --identity, --provider and --subject',
      merge: 'makes one identity of two: --source, and --destination, which survives',
      block: 'lets nobody sign in as an identity: --identity, with --until and --reason',
      unblock: 'ends that: --identity',
      revoke: 'refuses tokens that were signed until now: --identity',
      erase: 'deletes a user with all ids and logins, for a signed receipt: --identity, or --provider and --subject',
      export: 'all identities into a file: --file; docs/backup.md has the format',
      import: 'a file into a pool without identities: --file',
    },
    options: {
      pool: { value: 'ID', text: 'the identity pool' },
      provider: {
        of: ['find', 'list', 'erase', 'link', 'unlink'],
        value: 'NAME',
        text: 'the provider, as a Logins map names it',
      },
      subject: {
        of: ['find', 'erase', 'link', 'unlink'],
        value: 'TEXT',
        text: 'what the provider knows the user by; sub of its tokens',
      },
      token: {
        of: ['find'],
        value: 'TOKEN',
        text: 'any token of the user, which is read and not verified; @FILE reads it from a file, - from standard input',
      },
      developer: {
        of: ['find', 'erase', 'link', 'unlink'],
        text: 'a user of a backend; for find and erase only where the developer provider has the name of another one',
      },
      identity: {
        of: ['show', 'erase', 'link', 'unlink', 'block', 'unblock', 'revoke'],
        value: 'ID',
        text: 'the identity',
      },
      until: {
        of: ['block'],
        value: 'TIME',
        text: 'when it ends, such as 2030-01-31T12:00:00Z or 2030-01-31; else by unblock',
      },
      wait: { of: ['stats'], text: 'waits until the pool is counted anew, if that is under way' },
      source: {
        of: ['merge'],
        value: 'ID',
        text: 'the one that loses its logins, and leads to the other from then on',
      },
      destination: { of: ['merge'], value: 'ID', text: 'the identity that survives' },
      state: { of: ['list'], value: 'STATE', text: 'guest, user or disabled' },
      'unused-since': {
        of: ['list'],
        value: 'DAY',
        text: 'only those not used on that day or later, such as 2026-11-27',
      },
      reason: {
        of: ['erase', 'block'],
        value: 'CASE',
        text: 'the number of a case, for the receipt or whoever asks; nothing that names the user',
      },
      'dry-run': { of: ['erase', 'link', 'unlink', 'merge'], text: 'only tells what would come of it' },
      receipt: { of: ['erase'], value: 'FILE', text: 'where the receipt is written, a new file' },
      file: {
        of: ['export', 'import'],
        value: 'FILE',
        text: 'the file: export makes it, or goes on where it was stopped; import reads it',
      },
      'new-ids': { of: ['import'], text: 'the file is of another pool, and its identities get ids of this one' },
      mapping: {
        of: ['import'],
        value: 'FILE',
        text: 'with --new-ids: for the new id of each identity (the file and .ids.csv)',
      },
      corrected: { of: ['import'], text: 'the file was changed by hand, so that its hash is another' },
      cancel: { of: ['import'], text: 'gives an import up; what it brought is deleted' },
      json: { text: 'the answer of the service; of list, a line for each identity' },
      ...CONNECTION_OPTIONS,
    },
    after: `Subjects are shown to a key that has edge-identity:ReadSubjects, and else their SHA-256. Each call is recorded.
docs/erase.md says what erase does, and what a receipt proves.

It ends with 0; with 3 if nobody has the login, or there is no such identity, and for erase no receipt either, or if the file of an import is not whole or has a line that cannot be; with 1 if the service refuses or cannot be reached; with 2 if an option is wrong.

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`,
  },
  () => import('../lib/identity.ts'),
)
