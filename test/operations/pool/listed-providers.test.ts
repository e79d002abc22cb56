import { expect, it } from 'vitest'
import { mappedProvider, taggedProvider } from '../../../src/operations/pool/index.ts'
import type { PoolSettings } from '../../../src/pools/index.ts'

const arn = (issuer: string) => `arn:aws:iam::111122223333:oidc-provider/${issuer}`
const listing = (...issuers: string[]) => ({ oidcProviderArns: issuers.map(arn) }) as unknown as PoolSettings

it.each([taggedProvider, mappedProvider])(
  'tells an issuer with a closing slash from the one without it: %o',
  (naming) => {
    for (const listed of [listing('id.example', 'id.example/'), listing('id.example/', 'id.example')])
      for (const name of ['id.example', 'id.example/']) expect(naming(name, listed)).toBe(arn(name))
    expect(naming('id.example/', listing('id.example'))).toBe(arn('id.example'))
    expect(naming('id.example', listing('id.example/'))).toBe(arn('id.example/'))
  },
)
