import { AwsV4Signer } from 'aws4fetch'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { authenticate, type SignedRequest } from '../../src/sigv4/index.ts'
import { type SignInput, sign } from './sign.ts'

const now = Date.UTC(2026, 10, 20, 9, 30)
const date = '20261120T093000Z'

const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) })
const pair = fc.tuple(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const inputs: fc.Arbitrary<SignInput> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  target: fc
    .tuple(
      fc.array(fc.string({ unit: 'grapheme', minLength: 3, maxLength: 8 }), { maxLength: 3 }),
      fc.array(pair, { maxLength: 3 }),
    )
    .map(([path, query]) => `/${path.map(encode).join('/')}?${query.map((p) => p.map(encode).join('=')).join('&')}`),
  headers: fc
    .dictionary(
      fc.stringMatching(/^x-[a-z0-9]{1,8}$/),
      fc.array(printable, { maxLength: 3 }).map((words) => words.join('  ')),
    )
    .map((headers) => ({ ...headers, 'x-amz-date': date })),
  body: fc.string({ unit: 'binary' }),
  accessKeyId: fc.stringMatching(/^\w{1,20}$/),
  secret: printable,
  region: fc.stringMatching(/^[a-z0-9-]{1,18}$/),
  service: fc.constantFrom('cognito-identity', 'sts', 'iam'),
  date: fc.constant(date),
})

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function check(request: SignedRequest, { service, secret }: SignInput) {
  const findKey = async () => ({ ok: true, value: { secret } }) as const
  return authenticate(request, { service, windowSeconds: 300, now, findKey })
}

it('accepts whatever was signed by the rules', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      const { accessKeyId, region, secret } = input
      const answer = await check(await sign(input), input)
      expect(answer).toEqual({ ok: true, value: { key: { secret }, accessKeyId, region } })
    }),
    { numRuns: 200 },
  )
})

it('accepts whatever the signing library signed', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      const { accessKeyId, secret, region, service, body = '' } = input
      const unsigned = await sign(input)
      const signer = new AwsV4Signer({
        url: unsigned.url.href,
        method: unsigned.method,
        headers: Object.entries(input.headers).map(([name, value]): [string, string] => [name, value]),
        body,
        accessKeyId,
        secretAccessKey: secret,
        region,
        service,
        datetime: date,
      })
      const { headers } = await signer.sign()
      const answer = await check({ ...unsigned, headers }, input)
      expect(answer).toEqual({ ok: true, value: { key: { secret }, accessKeyId, region } })
    }),
    { numRuns: 100 },
  )
})

type Change = (request: SignedRequest, at: number) => SignedRequest

const changes: Record<string, Change> = {
  method: (request) => ({ ...request, method: request.method === 'GET' ? 'POST' : 'GET' }),
  path: ({ url, ...request }) => ({ ...request, url: new URL(`/other${url.pathname}${url.search}`, url) }),
  query: ({ url, ...request }) => ({ ...request, url: new URL(`${url.href}&more=1`) }),
  body: ({ body, ...request }, at) => ({ ...request, body: flipBit(body, at) }),
  header: ({ headers, ...request }, at) => ({ ...request, headers: changeOne(headers, at) }),
}

function flipBit(body: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  if (body.length === 0) return Uint8Array.of(at & 0xff)
  const flipped = Uint8Array.from(body)
  const index = at % body.length
  flipped[index] = (flipped[index] ?? 0) ^ (1 << (at & 7))
  return flipped
}

function changeOne(headers: Headers, at: number): Headers {
  const names = [...headers.keys()].filter((name) => name !== 'authorization' && name !== 'x-amz-date')
  const name = names[at % names.length] ?? 'host'
  const changed = new Headers(headers)
  changed.set(name, `${headers.get(name)}1`)
  return changed
}

it.each(Object.entries(changes))('refuses a request whose %s changed behind the signature', async (_, change) => {
  await fc.assert(
    fc.asyncProperty(inputs, fc.nat(), async (input, at) => {
      const answer = await check(change(await sign(input), at), input)
      expect(answer).toMatchObject({ ok: false, error: { reason: 'invalid' } })
    }),
    { numRuns: 60 },
  )
})

it('never throws, and never accepts, what nobody signed', async () => {
  const header = fc.oneof(
    fc.string({ unit: 'grapheme-ascii' }),
    fc
      .tuple(printable, printable, printable)
      .map(
        ([c, h, s]) =>
          `AWS4-HMAC-SHA256 Credential=a/20261120/${c}/sts/aws4_request, SignedHeaders=host;x-amz-date;${h}, Signature=${s}`,
      ),
  )
  await fc.assert(
    fc.asyncProperty(inputs, header, printable, async (input, authorization, host) => {
      const request = await sign(input)
      request.headers.set('authorization', authorization)
      request.headers.set('host', host)
      expect((await check(request, input)).ok).toBe(false)
    }),
    { numRuns: 200 },
  )
})
