import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Who has a login, and what a pool keeps of its identities: npm run identity -- <action> --pool <pool id> [options]

  find  the identity that has a login: --provider and --subject, or --token
  show  one identity: --identity
  list  all identities, or those of a state or a provider, or unused ones, by id
  erase a user with all ids and logins, for a signed receipt: --identity, or --provider and --subject

  link    gives an identity a login that nobody has: --identity, --provider and --subject
  unlink  takes one login off: --identity, --provider and --subject
  merge   makes one identity of two: --source, and --destination, which survives

  block    lets nobody sign in as an identity: --identity, with --until and --reason
  unblock  ends that: --identity
  revoke   refuses tokens that were signed until now: --identity

  stats  how many identities the pool has, by state and provider, as they were counted last

  export  all identities into a file: --file; docs/backup.md has the format
  import  a file into a pool without identities: --file`,
    options: {
      pool: { value: 'ID', text: 'the identity pool' },
      provider: {
        value: 'NAME',
        text: 'of find, list, erase, link and unlink: the provider, as a Logins map names it',
      },
      subject: {
        value: 'TEXT',
        text: 'of find, erase, link and unlink: what the provider knows the user by; sub of its tokens',
      },
      token: {
        value: 'TOKEN',
        text: 'of find: any token of the user, which is read and not verified; @FILE reads it from a file, - from standard input',
      },
      developer: {
        text: 'of link and unlink: a user of a backend; of find and erase only where the developer provider has the name of another one',
      },
      identity: { value: 'ID', text: 'of show, erase, link, unlink, block, unblock and revoke: the identity' },
      until: {
        value: 'TIME',
        text: 'of block: when it ends, such as 2030-01-31T12:00:00Z or 2030-01-31; else by unblock',
      },
      wait: { text: 'of stats: waits until the pool is counted anew, if that is under way' },
      source: {
        value: 'ID',
        text: 'of merge: the identity that loses its logins, and leads to the other from then on',
      },
      destination: { value: 'ID', text: 'of merge: the identity that survives' },
      state: { value: 'STATE', text: 'of list: guest, user or disabled' },
      'unused-since': { value: 'DAY', text: 'of list: only those not used on that day or later, such as 2026-11-27' },
      reason: {
        value: 'CASE',
        text: 'of erase and block: the number of a case, for the receipt or whoever asks; nothing that names the user',
      },
      'dry-run': { text: 'of erase, link, unlink and merge: only tells what would come of it' },
      receipt: { value: 'FILE', text: 'of erase: where the receipt is written' },
      file: {
        value: 'FILE',
        text: 'of export: the file to make, which goes on where it was interrupted; of import: the file to read',
      },
      'new-ids': { text: 'of import: the file is of another pool, and its identities get ids of this one' },
      mapping: { value: 'FILE', text: 'of import --new-ids: for the new id of each identity (the file and .ids.csv)' },
      corrected: { text: 'of import: the file was changed by hand, so that its hash is another' },
      cancel: { text: 'of import: gives an import up; what it brought is deleted' },
      json: { text: 'the answer of the service; of list, a line for each identity' },
      ...CONNECTION_OPTIONS,
    },
    maxPositionals: 1,
    after: `Subjects are shown to a key that has edge-identity:ReadSubjects, and else their SHA-256. Each call is recorded.
docs/erase.md says what erase does, and what a receipt proves.

It ends with 0; with 3 if nobody has the login, or there is no such identity, and for erase no receipt either; with 1 if the
service refuses or cannot be reached; with 2 if an option is wrong.

The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.`,
  },
  () => import('../lib/identity.ts'),
)
