import { useSignal } from '@preact/signals'
import { CopyBlock, Facts, Field, Form, Id } from '../../parts/index.ts'
import { type Erasure, eraseUser, OutcomeText } from './erasure.tsx'
import { addressOfIdentity, identityLine, loginText } from './identity.ts'
import { Receipt } from './receipt.tsx'

/** Erases a user: first what it would delete, then the id to type, then the receipt. A page, so that nothing closes over the receipt. */
export function Erase({ id, pool }: { id: string; pool: string }) {
  const reason = useSignal('')
  const tried = useSignal<Erasure | undefined>(undefined)
  const done = useSignal<Erasure | undefined>(undefined)
  const input = () => ({ IdentityId: id, Reason: reason.value.trim() || undefined })
  const rehearse = async () => {
    tried.value = undefined
    tried.value = await eraseUser(pool, { ...input(), DryRun: true })
  }
  const erase = async () => {
    done.value = await eraseUser(pool, input())
  }
  if (done.value) return <Done erasure={done.value} />
  return (
    <>
      <p>
        This deletes the user <Id of={id} /> for good: the identity, its logins, and every id that was merged into it.
        It cannot be undone. The user may come back, as somebody new.{' '}
        <a href={addressOfIdentity(pool, id)}>Rather not</a>
      </p>
      <Form action="See what would be deleted" onSubmit={rehearse}>
        <Field
          label="Case (optional)"
          value={reason}
          placeholder="case-4711"
          hint="A number for your files. It stands in the receipt and in the record, so it must not name the user."
        />
      </Form>
      {tried.value && <Tried erasure={tried.value} />}
      {tried.value?.Outcome === 'WouldErase' && <Sure id={id} onSure={erase} />}
      <CopyBlock
        title="With the command line"
        text={identityLine('erase', pool, { identity: id, reason: reason.value.trim(), receipt: 'receipt.jwt' })}
      />
    </>
  )
}

function Tried({ erasure }: { erasure: Erasure }) {
  const { IdentityIds = [], Identities = 0, Logins = [], Outcome, Receipt: receipt } = erasure
  return (
    <div class="card" role="status">
      <p>
        <strong>
          <OutcomeText of={Outcome} />
        </strong>
      </p>
      {Outcome === 'WouldErase' && (
        <Facts
          of={[
            [`Identities (${Identities})`, <Texts key="ids" of={IdentityIds} all={Identities} />],
            [`Logins (${Logins.length})`, <Texts key="logins" of={Logins.map(loginText)} all={Logins.length} />],
          ]}
        />
      )}
      {receipt && <Receipt jws={receipt} />}
    </div>
  )
}

function Texts({ all, of }: { of: readonly string[]; all: number }) {
  if (all === 0) return <>none</>
  return (
    <>
      {of.slice(0, 20).map((text) => (
        <div key={text}>
          <code>{text}</code>
        </div>
      ))}
      {all > 20 && <div>and {all - 20} more</div>}
    </>
  )
}

/** The last question: whoever types the id has read it. */
function Sure({ id, onSure }: { id: string; onSure: () => Promise<void> }) {
  const typed = useSignal('')
  return (
    <Form action="Erase for good" isDangerous disabled={typed.value.trim() !== id} onSubmit={onSure}>
      <Field label="Type the identity id to go on" value={typed} hint={<code>{id}</code>} />
    </Form>
  )
}

function Done({ erasure: { Outcome, Receipt: receipt } }: { erasure: Erasure }) {
  return (
    <>
      <p class="notice good" role="status">
        <OutcomeText of={Outcome} />
      </p>
      {receipt && <Receipt jws={receipt} />}
    </>
  )
}
