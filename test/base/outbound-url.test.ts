import { expect, it } from 'vitest'
import { outboundUrl } from '../../src/base/outbound-url.ts'

const allowed = (url: string, localMode: boolean) => outboundUrl(url, localMode) !== undefined

it.each([
  'https://idp.example.com/path?query',
  'https://idp.example.com:8443/',
  'https://idp.example.com./',
  'https://127.example.com/',
])('%s may be fetched', (url) => {
  expect(allowed(url, false)).toBe(true)
  expect(allowed(url, true)).toBe(true)
})

it.each([
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://intranet/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://[::]/',
  'https://[::1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::a00:1]/',
])('%s may be fetched in local mode only', (url) => {
  expect(allowed(url, false)).toBe(false)
  expect(allowed(url, true)).toBe(true)
})

it.each(['http://localhost:8080/', 'http://127.0.0.1/', 'http://[::1]/', 'http://idp.localhost/'])(
  '%s may be fetched without TLS in local mode only',
  (url) => {
    expect(allowed(url, false)).toBe(false)
    expect(allowed(url, true)).toBe(true)
  },
)

it.each([
  'http://idp.example.com/',
  'http://10.0.0.1/',
  'http://127.0.0.1.example.com/',
  'http://localhost.example.com/',
  'https://user@idp.example.com/',
  'https://:password@idp.example.com/',
  'ftp://localhost/',
  'data:application/json,{}',
  'file:///etc/passwd',
  'idp.example.com',
  'https://',
  '',
])('%s may never be fetched', (url) => {
  expect(allowed(url, false)).toBe(false)
  expect(allowed(url, true)).toBe(false)
})
