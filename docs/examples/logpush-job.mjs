// Prints the Logpush job that keeps the audit record in R2, as docs/archive.md uses it. Settings come from the environment.
const { CLOUDFLARE_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, BUCKET, WORKER = 'edge-identity' } = process.env
const needed = { CLOUDFLARE_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, BUCKET }
const missing = Object.keys(needed).filter((name) => !needed[name])
if (missing.length > 0) {
  process.stderr.write(`Set ${missing.join(', ')}.\n`)
  process.exit(2)
}

const where = {
  and: [
    { key: 'ScriptName', operator: 'eq', value: WORKER },
    // The objects of pools log nothing, and each exchange calls one.
    { key: 'Entrypoint', operator: '!eq', value: 'IdentityPool' },
  ],
}
const credentials = new URLSearchParams({
  'account-id': CLOUDFLARE_ACCOUNT_ID,
  'access-key-id': R2_ACCESS_KEY_ID,
  'secret-access-key': R2_SECRET_ACCESS_KEY,
})
const job = {
  name: `${WORKER}-audit`,
  dataset: 'workers_trace_events',
  enabled: true,
  destination_conf: `r2://${BUCKET}/audit/{DATE}?${credentials}`,
  filter: JSON.stringify({ where }),
  // Not `Event`: it has the whole address of a request, in which a client may have sent a token.
  output_options: { output_type: 'ndjson', field_names: ['EventTimestampMs', 'Outcome', 'Exceptions', 'Logs'] },
  // Few large files are paid for less, and read faster, than many small ones.
  max_upload_interval_seconds: 300,
  max_upload_records: 1_000_000,
}
process.stdout.write(`${JSON.stringify(job)}\n`)
