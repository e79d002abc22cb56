import { useSignal } from '@preact/signals'
import { Refused } from '../../calls/index.ts'
import { CopyBlock, Field, Form, goOn, goTo, Switch } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { type Identity, identityLine, pathOfIdentity } from './identity.ts'
import { type NamedLogin, Nobody } from './nobody.tsx'
import { useProviders } from './providers.ts'

/** Who has a login? Three ways to ask. */
export function Find({ pool }: { pool: string }) {
  return (
    <div class="columns">
      <section>
        <h2>By a login</h2>
        <ByLogin pool={pool} />
      </section>
      <section>
        <h2>By a token</h2>
        <ByToken pool={pool} />
        <h2>By an identity id</h2>
        <ById pool={pool} />
      </section>
    </div>
  )
}

/** Opens the page of whoever is found. Throws `Refused`. */
async function open(pool: string, login: NamedLogin | { Token: string }): Promise<void> {
  const go = goOn()
  const { IdentityId } = await edge<Identity>('FindIdentity', { IdentityPoolId: pool, ...login }, regionOf(pool))
  go(pathOfIdentity(pool, IdentityId))
}

function ByLogin({ pool }: { pool: string }) {
  const [provider, subject] = [useSignal(''), useSignal('')]
  const isDeveloper = useSignal(false)
  const nobody = useSignal<NamedLogin | undefined>(undefined)
  const { names } = useProviders(pool)
  const login = (): NamedLogin => ({
    Provider: provider.value.trim(),
    Subject: subject.value,
    Developer: isDeveloper.value || undefined,
  })
  const submit = async () => {
    nobody.value = undefined
    const asked = login()
    await open(pool, asked).catch((error) => {
      if (!(error instanceof Refused && error.code === 'ResourceNotFoundException')) throw error
      nobody.value = asked
    })
  }
  return (
    <>
      <Form action="Find" onSubmit={submit}>
        <Field label="Provider" value={provider} suggestions={names} required hint="As a Logins map names it." />
        <Field
          label="Subject"
          value={subject}
          required
          hint="What the provider knows the user by: sub of its tokens, NameID of SAML, or the user id of your backend."
        />
        <Switch label="A user of your backend, and of no other provider of this name" value={isDeveloper} />
      </Form>
      {nobody.value && <Nobody key={JSON.stringify(nobody.value)} pool={pool} login={nobody.value} />}
      {provider.value && subject.value && <FindLine pool={pool} login={login()} />}
    </>
  )
}

function FindLine({ login: { Developer, Provider, Subject }, pool }: { login: NamedLogin; pool: string }) {
  const line = identityLine('find', pool, { provider: Provider, subject: Subject, developer: Developer })
  return <CopyBlock title="With the command line" text={line} />
}

/** The token is of somebody. It leaves the page with the call, and is not shown again. */
function ByToken({ pool }: { pool: string }) {
  const token = useSignal('')
  const submit = () => {
    const Token = token.value.trim()
    token.value = ''
    return open(pool, { Token })
  }
  return (
    <Form action="Find by token" onSubmit={submit}>
      <Field
        label="Token"
        value={token}
        lines={4}
        required
        hint="Any JSON web token of the user. Its iss and sub are read and nothing is verified, so that it may have expired. It is forgotten at once."
      />
    </Form>
  )
}

function ById({ pool }: { pool: string }) {
  const id = useSignal('')
  return (
    <Form action="Open" onSubmit={() => goTo(pathOfIdentity(pool, id.value.trim()))}>
      <Field label="Identity id" value={id} required placeholder={`${regionOf(pool)}:…`} />
    </Form>
  )
}
