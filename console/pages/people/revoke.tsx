import { Moment } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { type ActionProps, Change } from './change.tsx'
import { identityLine } from './identity.ts'
import { type StillValid, WhatIsStillValid } from './still-valid.tsx'

interface Revoked extends StillValid {
  IdentityId: string
  TokensValidFrom: number
}

/** Takes back no token any more that was signed until now. */
export function Revoke({ identity: { IdentityId }, onClose, onDone, pool }: ActionProps) {
  const call = () => edge<Revoked>('RevokeSessions', { IdentityPoolId: pool, IdentityId }, regionOf(pool))
  return (
    <Change
      title="Revoke sessions"
      action="Revoke them"
      isDangerous
      make={call}
      tell={(revoked) => (
        <>
          <p class="notice good" role="status">
            Tokens that were signed before <Moment at={revoked.TokensValidFrom} /> count no more at this service.
          </p>
          <WhatIsStillValid of={revoked} />
        </>
      )}
      line={() => identityLine('revoke', pool, { identity: IdentityId })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        Tokens of your backend that were signed for this identity until now are refused when they are handed back. The
        user may sign in anew at once; to keep them out, block the identity too. This cannot be undone.
      </p>
      <p>Credentials, and tokens that others check, stay valid until they end. Afterwards you see until when.</p>
    </Change>
  )
}
