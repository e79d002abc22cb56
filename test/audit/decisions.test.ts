import { describe, expect, it } from 'vitest'
import { Decisions, type DecisionsOptions } from '../../src/audit/index.ts'
import type { LogFields } from '../../src/base/log.ts'

const ID = '5c8b0a52-0000-4000-8000-000000000000'
const ACCOUNT = '000000000000'
const DECISION = { recipientAccountId: ACCOUNT, eventName: 'GetId' }
const RECORD = JSON.stringify(DECISION)
const ISSUED = { account: ACCOUNT, client: '192.0.2.1', signed: false, refused: false }
const REFUSED = { ...ISSUED, refused: true }
const NOW = Date.UTC(2030, 0, 2, 3, 4, 5)

/** KV with what decisions need of it, and decisions that are kept in it. */
function bed(keep: DecisionsOptions['keep'] = 'all', failure?: Error) {
  const kept = new Map<string, string>()
  const options: (object | undefined)[] = []
  const pending: Promise<unknown>[] = []
  const warnings: [string, LogFields | undefined][] = []
  const cache = {
    async put(key: string, value: string, given?: object) {
      if (failure) throw failure
      kept.set(key, value)
      options.push(given)
    },
    async get(key: string, type: string) {
      if (failure) throw failure
      expect(type).toBe('json')
      return JSON.parse(kept.get(key) ?? 'null')
    },
  } as unknown as KVNamespace
  const clock = { now: NOW }
  const silent = () => {}
  const world = {
    now: () => clock.now,
    random: () => new Uint8Array(),
    uuid: () => '',
    fetch: () => Promise.reject(new Error('no network')),
    log: {
      info: silent,
      text: silent,
      error: silent,
      warn: (event: string, fields?: LogFields) => void warnings.push([event, fields]),
    },
  }
  const decisions = new Decisions({ cache, keep, later: (work) => void pending.push(work), world })
  return { decisions, kept, options, pending, warnings, clock }
}

describe('decisions', () => {
  it('are kept for seven days under the id of the request, after the answer', async () => {
    const { decisions, kept, options, pending } = bed()
    decisions.keep(ID, RECORD, ISSUED)
    expect(pending).toHaveLength(1)
    await Promise.all(pending)
    expect([...kept]).toEqual([[`decision:${ID}`, RECORD]])
    expect(options).toEqual([{ expirationTtl: 604_800 }])
  })

  it.each([
    ['all', [true, true]],
    ['refusals', [false, true]],
    ['off', [false, false]],
  ] as const)('are kept as the setting says: %s', async (keep, [issued, refused]) => {
    const { decisions, kept } = bed(keep)
    decisions.keep('issued', RECORD, ISSUED)
    decisions.keep('refused', RECORD, REFUSED)
    expect([kept.has('decision:issued'), kept.has('decision:refused')]).toEqual([issued, refused])
  })

  it('are found by the account of the request, and by no other', async () => {
    const { decisions } = bed()
    decisions.keep(ID, RECORD, ISSUED)
    expect(await decisions.find(ID, ACCOUNT)).toEqual(DECISION)
    expect(await decisions.find(ID, '111122223333')).toBeUndefined()
    expect(await decisions.find(ID.replace('5', '6'), ACCOUNT)).toBeUndefined()
  })

  it('are not found if no account is named in them', async () => {
    const { decisions } = bed()
    decisions.keep(ID, '{"eventName":"GetId"}', ISSUED)
    expect(await decisions.find(ID, '')).toBeUndefined()
  })

  it('are 120 a minute of one client at most, so that a flood costs little', () => {
    const { clock, decisions, kept } = bed()
    const flood = (name: string) => {
      for (let n = 0; n < 200; n++) decisions.keep(`${name} ${n}`, RECORD, REFUSED)
      return kept.size
    }
    expect(flood('first')).toBe(120)
    clock.now = NOW + 54_999
    expect(flood('same minute')).toBe(120)
    clock.now = NOW + 55_000
    expect(flood('next minute')).toBe(240)
  })

  const SIGNED = { ...ISSUED, signed: true }
  it.each([
    ['what strangers got', REFUSED, ISSUED],
    ['what signed callers got', REFUSED, SIGNED],
    ['what signed callers were refused', REFUSED, { ...SIGNED, refused: true }],
    ['what signed callers got, while strangers make guests', ISSUED, SIGNED],
    ['another client', REFUSED, { ...REFUSED, client: '192.0.2.2' }],
    ['another account', REFUSED, { ...REFUSED, account: '111122223333', client: '192.0.2.2' }],
  ])('are not crowded out by a flood: %s', (_, flood, other) => {
    const { decisions, kept } = bed()
    for (let n = 0; n < 10_000; n++) decisions.keep(`flood ${n}`, RECORD, flood)
    decisions.keep('other', RECORD, other)
    expect(kept.has('decision:other')).toBe(true)
  })

  it('do not count towards that when they are not to be kept', () => {
    const { decisions, kept } = bed('refusals')
    for (let n = 0; n < 200; n++) decisions.keep(`issued ${n}`, RECORD, ISSUED)
    decisions.keep('refused', RECORD, REFUSED)
    expect([...kept.keys()]).toEqual(['decision:refused'])
  })

  it('may be lost: a store that fails is told to the log alone', async () => {
    const { decisions, pending, warnings } = bed('all', new Error('KV is away'))
    decisions.keep(ID, RECORD, ISSUED)
    await Promise.all(pending)
    expect(warnings).toEqual([['decision_not_kept', { requestId: ID, error: 'Error: KV is away' }]])
    await expect(decisions.find(ID, ACCOUNT)).rejects.toThrow('KV is away')
  })
})
