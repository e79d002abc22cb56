import { command } from '../lib/bootstrap.mjs'

const HELP = `Finds audit records in files of Logpush: npm run find-records -- <file or folder>... --with <text>

Prints each record in which a value is the text, one a line: an id of a request, an identity, a pool or an access key, an
ARN, an address, an operation, an error code. docs/archive.md says how to get the files.

  --with TEXT         the value; several must all be there. Without it, every record
  --from TIME         from this time on, by eventTime, such as 2026-11-26 or 2026-11-26T17:00
  --to TIME           before this time
  --help              this text

Files may be gzipped. A folder counts with all files below it. Records that Logpush delivered twice are printed once.`

await command(HELP, () => import('../lib/find-records.ts'))
