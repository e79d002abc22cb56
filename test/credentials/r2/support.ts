import type { R2AccessKey } from '../../../src/credentials/index.ts'

export const ACCOUNT = '123456789012'
export const GRANT = `arn:aws:r2::${ACCOUNT}:grant/photos/object-read-write/users/\${sub}/`

export function grant(what: string, path: string, bucket = 'photos'): string {
  return `arn:aws:r2::${ACCOUNT}:grant/${bucket}/${what}/${path}`
}

export const key: R2AccessKey = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
