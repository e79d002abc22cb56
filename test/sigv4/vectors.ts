/** One of AWS's published Signature Version 4 test vectors: a request as it is sent, and its signature. */
export interface Vector {
  name: string
  method: string
  /** Path and query as they travel. */
  target: string
  /** All signed headers but `host` and `x-amz-date`, which are the same everywhere. */
  headers: readonly (readonly [string, string])[]
  body: string
  signedHeaders: string
  signature: string
}

export const vectorKey = { accessKeyId: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
export const vectorHost = 'example.amazonaws.com'
export const vectorDate = '20150830T123600Z'
export const vectorScope = { region: 'us-east-1', service: 'service' }

const SESSION_TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const FORM = 'application/x-www-form-urlencoded'

const get = (name: string, target: string, signature: string): Vector => ({
  name,
  method: 'GET',
  target,
  headers: [],
  body: '',
  signedHeaders: 'host;x-amz-date',
  signature,
})
const post = (name: string, target: string, signature: string): Vector => ({
  ...get(name, target, signature),
  method: 'POST',
})

const VANILLA_GET = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'
const VANILLA_POST = '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'
const PARAM1_POST = '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11'

export const vectors: readonly Vector[] = [
  get('get-vanilla', '/', VANILLA_GET),
  get('get-vanilla-query', '/', VANILLA_GET),
  get(
    'get-vanilla-empty-query-key',
    '/?Param1=value1',
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ),
  get(
    'get-vanilla-query-order-key-case',
    '/?Param2=value2&Param1=value1',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ),
  get(
    'get-vanilla-query-order-encoded',
    '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1',
    '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
  ),
  get(
    'get-vanilla-query-unreserved',
    `/?${UNRESERVED}=${UNRESERVED}`,
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ),
  get('get-vanilla-utf8-query', '/?%E1%88%B4=bar', '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'),
  get('get-unreserved', `/${UNRESERVED}`, '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f'),
  get('get-relative-normalized', '/example/..', VANILLA_GET),
  get('get-relative-relative-normalized', '/example1/example2/../..', VANILLA_GET),
  get('get-slash-normalized', '//', VANILLA_GET),
  get('get-slash-dot-slash-normalized', '/./', VANILLA_GET),
  get(
    'get-slash-pointless-dot-normalized',
    '/./example',
    'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
  ),
  get('get-slashes-normalized', '//example//', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'),
  {
    ...get('get-header-key-duplicate', '/', 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea'),
    headers: [
      ['my-header1', 'value2'],
      ['my-header1', 'value2'],
      ['my-header1', 'value1'],
    ],
    signedHeaders: 'host;my-header1;x-amz-date',
  },
  {
    ...get('get-header-value-order', '/', '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01'),
    headers: [
      ['my-header1', 'value4'],
      ['my-header1', 'value1'],
      ['my-header1', 'value3'],
      ['my-header1', 'value2'],
    ],
    signedHeaders: 'host;my-header1;x-amz-date',
  },
  {
    ...get('get-header-value-multiline', '/', 'ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790'),
    headers: [['my-header1', 'value1,value2,value3']],
    signedHeaders: 'host;my-header1;x-amz-date',
  },
  {
    ...get('get-header-value-trim', '/', 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736'),
    headers: [
      ['my-header1', ' value1 '],
      ['my-header2', ' "a   b   c" '],
    ],
    signedHeaders: 'host;my-header1;my-header2;x-amz-date',
  },
  {
    ...get('get-vanilla-with-session-token', '/', '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8'),
    headers: [['x-amz-security-token', '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267']],
    signedHeaders: 'host;x-amz-date;x-amz-security-token',
  },
  post('post-vanilla', '/', VANILLA_POST),
  post('post-header-key-case', '/', VANILLA_POST),
  post('post-sts-header-after', '/', VANILLA_POST),
  post('post-vanilla-query', '/?Param1=value1', PARAM1_POST),
  post('post-vanilla-empty-query-value', '/?Param1=value1', PARAM1_POST),
  post('post-vanilla-query-space', '/?p', 'e71688addb58a26418614085fb730ba3faa623b461c17f48f2fbdb9361b94a9b'),
  post(
    'post-vanilla-query-nonunreserved',
    '/?%40%23%24%25%5E&+=/,?%3E%3C%60%22;:%5C%7C][%7B%7D',
    '66c82657c86e26fb25238d0e69f011edc4c6df5ae71119d7cb98ed9b87393c1e',
  ),
  {
    ...post('post-header-key-sort', '/', 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c'),
    headers: [['my-header1', 'value1']],
    signedHeaders: 'host;my-header1;x-amz-date',
  },
  {
    ...post('post-header-value-case', '/', 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d'),
    headers: [['my-header1', 'VALUE1']],
    signedHeaders: 'host;my-header1;x-amz-date',
  },
  {
    ...post('post-sts-header-before', '/', '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead'),
    headers: [['x-amz-security-token', SESSION_TOKEN]],
    signedHeaders: 'host;x-amz-date;x-amz-security-token',
  },
  {
    ...post('post-x-www-form-urlencoded', '/', 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a'),
    headers: [['content-type', FORM]],
    body: 'Param1=value1',
    signedHeaders: 'content-type;host;x-amz-date',
  },
  {
    ...post(
      'post-x-www-form-urlencoded-parameters',
      '/',
      '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
    ),
    headers: [['content-type', `${FORM}; charset=utf8`]],
    body: 'Param1=value1',
    signedHeaders: 'content-type;host;x-amz-date',
  },
]

/**
 * These two are signed with their path encoded once. That holds for S3 alone: every other service encodes the path
 * as it travels a second time, so a request of ours with such a signature is refused.
 */
export const encodedOnce: readonly Vector[] = [
  get('get-utf8', '/%E1%88%B4', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'),
  get('get-space-normalized', '/example%20space/', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'),
]
