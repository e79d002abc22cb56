import { describe, expect, it, vi } from 'vitest'
import { checkTurnstile, turnstileName } from '../../src/guests/index.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'

const QUESTION = { token: 'token', clientAddress: '192.0.2.1', callId: 'call' }
const WIDGET = { secret: '1x0000000000000000000000000000000AA' }
const URL_OF_CLOUDFLARE = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

type Answer = () => Response | Promise<Response>

async function ask(answer: Answer, question = QUESTION, widget: object = WIDGET, url?: string) {
  const fetch = vi.fn(async (_url: string, _init?: RequestInit) => answer())
  const verdict = await checkTurnstile(question, { ...WIDGET, ...widget }, { url, world: { fetch } })
  return { verdict, asked: fetch.mock.calls.map(([to, init]) => ({ to, init, body: JSON.parse(String(init?.body)) })) }
}
const says = (json: object) => () => Response.json(json)

describe('a token of Turnstile', () => {
  it('is asked about once, with the secret, the address and the name of the call', async () => {
    const { asked, verdict } = await ask(says({ success: true, hostname: 'app.example' }))
    expect(verdict).toEqual({ ok: true, value: undefined })
    expect(asked).toEqual([
      {
        to: URL_OF_CLOUDFLARE,
        init: expect.objectContaining({ method: 'POST', redirect: 'manual' }),
        body: { secret: WIDGET.secret, response: 'token', idempotency_key: 'call', remoteip: '192.0.2.1' },
      },
    ])
  })

  it('is asked about elsewhere where a setting says so, without an address where there is none', async () => {
    const { asked } = await ask(
      says({ success: true }),
      { ...QUESTION, clientAddress: 'local' },
      {},
      'https://proxy.example/v',
    )
    expect(asked[0]?.to).toBe('https://proxy.example/v')
    expect(asked[0]?.body).not.toHaveProperty('remoteip')
  })

  it('counts for the hosts of the setting alone', async () => {
    const widget = { hostnames: ['app.example'] }
    expect((await ask(says({ success: true, hostname: 'app.example' }), QUESTION, widget)).verdict.ok).toBe(true)
    for (const other of [{ hostname: 'evil.example' }, {}])
      expect((await ask(says({ success: true, ...other }), QUESTION, widget)).verdict).toEqual({
        ok: false,
        error: { kind: 'refused', codes: 'other-hostname' },
      })
  })

  it.each<[string, Answer, object]>([
    [
      'one that was used',
      says({ success: false, 'error-codes': ['timeout-or-duplicate'] }),
      { kind: 'refused', codes: 'timeout-or-duplicate' },
    ],
    ['no codes', says({ success: false }), { kind: 'refused', codes: '' }],
    [
      'our secret',
      says({ success: false, 'error-codes': ['invalid-input-secret'] }),
      { kind: 'misconfigured', codes: 'invalid-input-secret' },
    ],
    [
      'an error of Cloudflare',
      says({ success: false, 'error-codes': ['internal-error'] }),
      { kind: 'unreachable', why: 'internal-error' },
    ],
    ['success as text', says({ success: 'true' }), { kind: 'unreachable', why: 'status 200' }],
    ['an error page', () => new Response('<html>', { status: 502 }), { kind: 'unreachable', why: 'not_json' }],
    [
      'a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }),
      { kind: 'unreachable', why: 'not_json' },
    ],
    ['too much', () => new Response('x'.repeat(16 * 1024 + 1)), { kind: 'unreachable', why: 'oversized' }],
    ['nothing', () => Promise.reject(new Error('connection refused')), { kind: 'unreachable', why: 'network' }],
  ])('is not good if the answer is %s', async (_, answer, error) => {
    expect((await ask(answer)).verdict).toEqual({ ok: false, error })
  })

  it('is waited for three seconds', async () => {
    const limits = shortenTimeLimits()
    const hanging = vi.fn(
      (_: string, init?: RequestInit) =>
        new Promise<Response>((_, reject) =>
          init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
        ),
    )
    const verdict = await checkTurnstile(QUESTION, WIDGET, { world: { fetch: hanging } })
    expect(verdict).toEqual({ ok: false, error: { kind: 'unreachable', why: 'timeout' } })
    expect(limits.mock.calls).toEqual([[3_000]])
    limits.mockRestore()
  })

  it('has one name', async () => {
    expect(await turnstileName('a')).toBe(await turnstileName('a'))
    expect(await turnstileName('a')).not.toBe(await turnstileName('b'))
  })
})
