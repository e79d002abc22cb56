import { deploy, type Serve } from '../../support/deployment.ts'
import { KEY_A, snapshotWith } from '../../tokens/support.ts'

export const ISSUER = 'https://id.example'

/** A deployment outside local mode, with the embedded STS and a key ring of its own. It is reached at its issuer's URL. */
export async function deployOutsideLocalMode(changes: Readonly<Record<string, unknown>> = {}): Promise<Serve> {
  const snapshot = await snapshotWith('ES256', { KEY_ENCRYPTION_KEY: KEY_A })
  return deploy({
    LOCAL_MODE: undefined,
    ISSUER,
    STS_ENDPOINT: 'embedded',
    TOKEN_ALG: 'ES256',
    KEY_ENCRYPTION_KEY: KEY_A,
    KEY_RING: { getByName: () => ({ snapshot: async () => snapshot }) },
    CACHE: { get: async () => null, put: async () => {} },
    ...changes,
  })
}
