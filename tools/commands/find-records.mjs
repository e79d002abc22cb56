import { userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Finds audit records in files of Logpush: npm run find-records -- <file or folder>... --with <text>

Prints each record in which a value is the text, one a line: an id of a request, an identity, a pool or an access key, an
ARN, an address, an operation, an error code. docs/archive.md says how to get the files.`,
    maxPositionals: Number.POSITIVE_INFINITY,
    options: {
      with: { value: 'TEXT', multiple: true, text: 'the value; several must all be there. Without it, every record' },
      from: { value: 'TIME', text: 'from this time on, by eventTime, such as 2026-11-26 or 2026-11-26T17:00' },
      to: { value: 'TIME', text: 'before this time' },
    },
    after:
      'Files may be gzipped. A folder counts with all files below it. Records that Logpush delivered twice are printed once.',
  },
  () => import('../lib/find-records.ts'),
)
