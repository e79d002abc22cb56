import { type MockInstance, vi } from 'vitest'
import type { LogFields } from '../../../src/base/log.ts'

/** What the Worker logged since the last `clear`, in the form of its lines and of its audit records. */
export interface CapturedLog {
  lines(): string[]
  records(): AuditRecord[]
  clear(): void
  restore(): void
}

export type AuditRecord = LogFields & { additionalEventData?: LogFields; requestID: string }

/** Reads along with the log from now on. */
export function captureLog(): CapturedLog {
  const spies: MockInstance[] = (['log', 'warn', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => {}),
  )
  const lines = () => spies.flatMap(({ mock }) => mock.calls.map((line) => line.join(' ')))
  return {
    lines,
    records: () => lines().flatMap(recordIn),
    clear: () => spies.forEach((spy) => void spy.mockClear()),
    restore: () => spies.forEach((spy) => void spy.mockRestore()),
  }
}

function recordIn(line: string): AuditRecord[] {
  const { event, level, ...record } = JSON.parse(line)
  return event === 'audit' && level === 'info' ? [record] : []
}

/** The id under which a token is known: the first half of its SHA-256. */
export async function tokenIdOf(token: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  return [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
