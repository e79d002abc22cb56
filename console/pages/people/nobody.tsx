import { useSignal } from '@preact/signals'
import { Form } from '../../parts/index.ts'
import { type Erasure, eraseUser, OutcomeText } from './erasure.tsx'
import { Receipt } from './receipt.tsx'

/** A login as FindIdentity takes it. */
export interface NamedLogin {
  Provider: string
  Subject: string
  Developer?: boolean | undefined
}

/** Nobody has a login. Whoever had it may have been erased, of which there is a receipt. */
export function Nobody({ login, pool }: { login: NamedLogin; pool: string }) {
  const erasure = useSignal<Erasure | undefined>(undefined)
  const look = async () => {
    erasure.value = await eraseUser(pool, { ...login, DryRun: true })
  }
  return (
    <div class="notice" role="status">
      <p>
        Nobody in this pool has the login of <strong>{login.Subject}</strong> at {login.Provider}. With their next
        sign-in they get a new identity. Subjects count with their case, and with every blank.
      </p>
      {erasure.value === undefined ? (
        <Form action="Was the user erased?" onSubmit={look}>
          <p class="hint">This asks EraseUser in a dry run, which changes nothing.</p>
        </Form>
      ) : (
        <>
          <p>
            <OutcomeText of={erasure.value.Outcome} />
          </p>
          {erasure.value.Receipt && <Receipt jws={erasure.value.Receipt} />}
        </>
      )}
    </div>
  )
}
