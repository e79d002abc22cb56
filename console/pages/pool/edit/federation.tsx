import { useSignal } from '@preact/signals'
import { Refused } from '../../../calls/index.ts'
import { Confirm, Loaded, useLoad } from '../../../parts/index.ts'
import { iam } from '../../../session/index.ts'

/** Whether the account gives out tokens for relying parties at all, and the switch for it. */
export function Federation() {
  const enabled = useLoad(isEnabled, [])
  const asks = useSignal(false)
  return (
    <section class="card">
      <h3>In this account</h3>
      <Loaded from={enabled}>
        {(isOn) => (
          <>
            <p>
              {isOn
                ? 'The account gives out such tokens.'
                : 'The account gives out no such tokens yet: whatever a pool lists, nobody has one.'}
            </p>
            <button
              type="button"
              onClick={() => {
                asks.value = true
              }}
            >
              {isOn ? 'Stop giving them out…' : 'Give them out…'}
            </button>
            {asks.value && (
              <SwitchOver
                isOn={isOn}
                onDone={enabled.again}
                onClose={() => {
                  asks.value = false
                }}
              />
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}

function SwitchOver({ isOn, onClose, onDone }: { isOn: boolean; onClose: () => void; onDone: () => void }) {
  const action = `${isOn ? 'Disable' : 'Enable'}OutboundWebIdentityFederation`
  return (
    <Confirm
      title={isOn ? 'Stop giving out tokens' : 'Give out tokens'}
      action={isOn ? 'Stop' : 'Give them out'}
      isDangerous={isOn}
      onClose={onClose}
      onConfirm={async () => {
        await iam(action)
        onDone()
      }}
    >
      <p>
        {isOn
          ? 'No pool and no role of the account gives a new token for a relying party, within half a minute. Tokens that are out live to their end.'
          : 'Pools give tokens for the audiences that they list, and roles for those that their policies allow. Nothing else changes.'}
      </p>
    </Confirm>
  )
}

async function isEnabled(): Promise<boolean> {
  try {
    await iam('GetOutboundWebIdentityFederationInfo')
    return true
  } catch (error) {
    if (error instanceof Refused && /FeatureDisabled|OutboundWebIdentityFederation/i.test(error.code)) return false
    throw error
  }
}
