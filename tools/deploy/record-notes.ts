import type { WranglerConfig } from './wrangler-config.ts'

/** Where the audit record of a deployment would be lost, be kept in part, or cost more than it must. */
export function recordNotes({ logpush, observability }: WranglerConfig): string[] {
  const logs = observability?.logs
  const enabled = logs?.enabled ?? observability?.enabled ?? false
  const persisted = enabled && (logs?.persist ?? true)
  const sampled = logs?.head_sampling_rate ?? observability?.head_sampling_rate ?? 1
  const rate = persisted ? sampled : 0
  return [
    ...lossNotes(rate, logpush ?? false, (logs?.destinations ?? []).length > 0),
    ...(rate > 0 && logs?.invocation_logs !== false
      ? ['invocation_logs is not off: each request is at least three log events, and one of them is its record.']
      : []),
    ...(rate > 0 && !observability?.redact_query_string
      ? ['redact_query_string is off: tokens that were sent in addresses stay in the logs.']
      : []),
  ]
}

function lossNotes(rate: number, logpush: boolean, exported: boolean): string[] {
  if (logpush)
    return rate === 1 ? ['logpush is on and nothing is sampled: each record is paid for twice (docs/archive.md).'] : []
  if (exported || rate === 1) return []
  if (rate === 0) return ['No audit record is kept: logs are off, and so is logpush (docs/archive.md).']
  return [`Only ${rate * 100} % of the audit records are kept: logs are sampled, and logpush is off (docs/archive.md).`]
}
