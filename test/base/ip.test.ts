import { expect, it } from 'vitest'
import { isIpAddress, parseIpRange, rangeHolds } from '../../src/base/ip.ts'

it.each([
  ['203.0.113.0/24', '203.0.113.255', true],
  ['203.0.113.0/24', '203.0.114.0', false],
  ['203.0.113.77/24', '203.0.113.1', true],
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.113.8', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9:a:b:c', true],
  ['2001:DB8:1234:5678::/64', '2001:db8:1234:5679::', false],
  ['2001:db8::1', '2001:0db8:0:0:0:0:0:0001', true],
  ['::/0', '::1', true],
  ['::/0', '10.0.0.1', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:a01:203', true],
  ['64:ff9b::/96', '64:ff9b::192.0.2.33', true],
  ['10.0.0.0/8', '10.0.0.1 ', false],
  ['10.0.0.0/8', '', false],
])('%s holds %s: %s', (range, address, answer) => {
  const parsed = parseIpRange(range)
  expect(parsed && rangeHolds(parsed, address)).toBe(answer)
})

it.each([
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.1/33',
  '10.0.0.1/',
  '10.0.0.1/8/8',
  '::/129',
  '::ffff:10.0.0.1/95',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7::8',
  '1:2:3:4:5:6:7:8:9',
  ':1:2:3:4:5:6:7',
  '12345::',
  'fe80::1%eth0',
  '10.0.0.1::',
  '*',
])('does not take %j for an address or range', (text) => {
  expect(parseIpRange(text)).toBeUndefined()
})

it.each([
  ['192.0.2.1', true],
  ['2001:db8::1', true],
  ['192.0.2.0/24', false],
  ['local', false],
  ['', false],
])('takes %j for one address: %s', (text, answer) => {
  expect(isIpAddress(text)).toBe(answer)
})
