import { useSignal } from '@preact/signals'
import { type Column, Id, Table } from '../../parts/index.ts'
import type { Identity, Login } from './identity.ts'
import { Unlink } from './unlink.tsx'
import { Whole } from './whole.tsx'

interface LoginsProps {
  identity: Identity
  pool: string
  onDone: () => void
}

const keyOf = ({ Developer, Provider, SubjectSha256 }: Login) => `${Provider} ${Developer} ${SubjectSha256}`

function columnsFor(takeOff: (login: Login) => void): Column<Login>[] {
  return [
    { title: 'Provider', cell: (login) => <ProviderText login={login} /> },
    { title: 'Subject', cell: (login) => <SubjectText login={login} /> },
    { title: 'Linked on', cell: ({ LinkedOn }) => <Whole>{LinkedOn ?? <span class="quiet">not kept</span>}</Whole> },
    {
      title: 'Change',
      cell: (login) => (
        <button type="button" aria-label={`Take off the login of ${login.Provider}`} onClick={() => takeOff(login)}>
          Take off
        </button>
      ),
    },
  ]
}

/** The logins of an identity, each with a way to take it off. */
export function Logins({ identity, onDone, pool }: LoginsProps) {
  const taken = useSignal<Login | undefined>(undefined)
  const hidesSome = identity.Logins.some(({ Subject }) => Subject === undefined)
  return (
    <>
      <Table
        caption="Logins"
        rows={identity.Logins}
        keyOf={keyOf}
        columns={columnsFor((login) => {
          taken.value = login
        })}
        empty={<None state={identity.State} />}
      />
      {hidesSome && (
        <p class="hint">
          Your key may not see subjects: it lacks the permission edge-identity:ReadSubjects for this pool. The SHA-256
          of a subject is shown instead; <code>printf %s "$SUBJECT" | sha256sum</code> prints the same.
        </p>
      )}
      {taken.value && (
        <Unlink
          identity={identity}
          login={taken.value}
          pool={pool}
          onClose={() => {
            taken.value = undefined
          }}
          onDone={onDone}
        />
      )}
    </>
  )
}

function ProviderText({ login: { Developer, Provider } }: { login: Login }) {
  return (
    <>
      {Provider}
      {Developer && (
        <>
          {' '}
          <span class="badge">backend</span>
        </>
      )}
    </>
  )
}

function SubjectText({ login: { Subject, SubjectSha256 } }: { login: Login }) {
  return Subject === undefined ? (
    <>
      SHA-256 <Id of={SubjectSha256} />
    </>
  ) : (
    <Id of={Subject} />
  )
}

function None({ state }: { state: Identity['State'] }) {
  return state === 'Guest' ? (
    <p>A guest has no login. With the first one it becomes a user and keeps its id.</p>
  ) : (
    <p>It has lost its logins, and nobody signs in as it any more.</p>
  )
}
