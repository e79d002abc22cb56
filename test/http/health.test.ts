import { exports } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RING_WAIT_MS } from '../../src/tokens/limits.ts'
import { deploy, type Serve } from '../support/deployment.ts'
import { shortenTimeLimits } from '../support/time-limits.ts'

const VERSION = expect.stringMatching(/^\d+\.\d+\.\d+$/)
const WELL = {
  status: 200,
  caching: 'no-store',
  body: {
    service: 'edge-identity',
    version: VERSION,
    status: 'ok',
    parts: { worker: 'ok', ring: 'ok' },
    degraded: [],
  },
}

async function health(serve: Serve = (request) => exports.default.fetch(request)) {
  const response = await serve(new Request('http://localhost/health', { headers: { host: 'localhost' } }))
  const { headers, status } = response
  return { status, caching: headers.get('cache-control'), body: await response.json() }
}

const failing = (why: string) => ({
  status: 503,
  caching: 'no-store',
  body: { ...WELL.body, status: 'failing', parts: { worker: 'ok', ring: why }, degraded: ['ring'] },
})

afterEach(() => vi.restoreAllMocks())

describe('GET /health', () => {
  it('says that Worker and ring are well, and which version it is', async () => {
    expect(await health()).toEqual(WELL)
  })

  it('answers HEAD without a body', async () => {
    const request = new Request('http://localhost/health', { method: 'HEAD', headers: { host: 'localhost' } })
    const response = await exports.default.fetch(request)
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('is degraded while an older copy stands in for the ring', async () => {
    await health()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    shortenTimeLimits((limit) => limit === RING_WAIT_MS)
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const serve = await deploy({ KEY_RING: hanging() })
    expect(await health(serve)).toEqual({
      ...WELL,
      body: { ...WELL.body, status: 'degraded', parts: { worker: 'ok', ring: 'older_copy' }, degraded: ['ring'] },
    })
    vi.useRealTimers()
  })

  it.each<[string, string, object]>([
    ['whose object fails', 'unavailable', {}],
    ['that another key encrypts', 'wrong_key_encryption_key', { KEY_ENCRYPTION_KEY: btoa('x'.repeat(32)) }],
  ])('fails for a ring %s, with no more than the reason', async (_, why, settings) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const broken = { getByName: () => ({ snapshot: () => Promise.reject(new Error('secret')) }) }
    const serve = await deploy({
      CACHE: { get: async () => null, put: async () => {} },
      ...settings,
      ...(why === 'unavailable' && { KEY_RING: broken }),
    })
    expect(await health(serve)).toEqual(failing(why))
  })

  it('is the sentence of a setting that cannot stand', async () => {
    const serve = await deploy({ TOKEN_ALG: 'HS256' })
    const response = await serve(new Request('http://localhost/health', { headers: { host: 'localhost' } }))
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('TOKEN_ALG')])
  })

  it('is told to no host that local mode does not know', async () => {
    const serve = await deploy()
    const request = new Request('http://evil.example/health', { headers: { host: 'evil.example' } })
    expect((await serve(request)).status).toBe(400)
  })
})

function hanging() {
  return { getByName: () => new Proxy({}, { get: () => () => new Promise<never>(() => {}) }) }
}
