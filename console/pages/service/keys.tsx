import { Facts, Id, Loaded, Moment, Table, useLoad } from '../../parts/index.ts'
import { type Described, describeService, type KeyRing, type RingKey } from './described.ts'
import { Lives } from './lives.tsx'
import { Policy } from './policy.tsx'

const ANY_REGION = 'us-east-1'

/** The keys that sign tokens, and the keys and roles by which operators call. */
export function Keys() {
  const described = useLoad(() => describeService(ANY_REGION), [])
  return (
    <>
      <h1>Keys</h1>
      <p>
        Secrets are never shown: the service keeps signing keys wrapped, and access keys are secrets of the Worker that
        it does not answer.
      </p>
      <Loaded from={described}>
        {(service) => (
          <>
            {service.KeyRings.map((ring) => (
              <Ring key={ring.Algorithm} of={ring} />
            ))}
            <AccessKeys of={service} />
            <OperatorRoles of={service} />
          </>
        )}
      </Loaded>
    </>
  )
}

const USES: Readonly<Record<string, string>> = {
  identities: 'tokens of identities',
  audiences: 'tokens for relying parties',
}

function Ring({ of: { Algorithm, Keys: keys, NextKeyDate, Opened, Uses } }: { of: KeyRing }) {
  const uses = Uses.map((use) => USES[use] ?? use).join(' and ')
  return (
    <section>
      <h2>
        {Algorithm}: {uses}
      </h2>
      {keys && keys.length > 0 ? (
        <>
          <Facts of={[['Next key', <Moment key="next" at={NextKeyDate} />]]} />
          <Lives keys={keys} now={Date.now() / 1000} />
          <RingTable keys={keys} algorithm={Algorithm} />
        </>
      ) : (
        <p class="empty">
          {Opened === false
            ? 'This ring has no key yet. It makes one when the first token is asked for.'
            : 'The ring cannot be asked just now. The health page says why.'}
        </p>
      )}
    </section>
  )
}

const STATES: Readonly<Record<RingKey['State'], readonly [tone: string, means: string]>> = {
  Next: ['', 'published, signs later'],
  Signing: ['good', 'signs now'],
  Retired: ['', 'published for tokens that are still valid'],
  Revoked: ['bad', 'neither signs nor is published'],
}

function RingTable({ algorithm, keys }: { algorithm: string; keys: readonly RingKey[] }) {
  const moment = (name: 'CreationDate' | 'SignsFrom' | 'SignsUntil') => (key: RingKey) => <Moment at={key[name]} />
  return (
    <Table
      caption={`Signing keys of the ring ${algorithm}`}
      rows={keys}
      keyOf={({ KeyId }) => KeyId}
      empty=""
      columns={[
        { title: 'Key id', cell: ({ KeyId }) => <Id of={KeyId} /> },
        {
          title: 'State',
          cell: ({ State }) => (
            <>
              <span class={`badge ${STATES[State][0]}`}>{State}</span> <span class="quiet">{STATES[State][1]}</span>
            </>
          ),
        },
        { title: 'Published', cell: moment('CreationDate') },
        { title: 'Signs from', cell: moment('SignsFrom') },
        { title: 'Signs until', cell: moment('SignsUntil') },
        {
          title: 'Published until',
          cell: ({ PublishedUntil }) =>
            PublishedUntil === undefined ? 'another has signed' : <Moment at={PublishedUntil} />,
        },
      ]}
    />
  )
}

function AccessKeys({ of: { AccessKeys: keys } }: { of: Described }) {
  return (
    <section>
      <h2>Access keys of this account</h2>
      <Table
        caption="Access keys of this account"
        rows={keys}
        keyOf={({ AccessKeyId }) => AccessKeyId}
        empty={
          <p>
            No access key of the settings is of this account. One is a secret <code>ACCESS_KEY_&lt;id&gt;</code> of the
            Worker.
          </p>
        }
        columns={[
          {
            title: 'Access key id',
            cell: ({ AccessKeyId, IsCaller }) => (
              <>
                <Id of={AccessKeyId} /> {IsCaller && <span class="badge good">you</span>}
              </>
            ),
          },
          { title: 'User', cell: ({ UserName }) => UserName },
          {
            title: 'May do',
            cell: ({ AccessKeyId, PolicyDocument }) => <Policy document={PolicyDocument} of={AccessKeyId} />,
          },
        ]}
      />
    </section>
  )
}

function OperatorRoles({ of: { OperatorRoles: roles } }: { of: Described }) {
  return (
    <section>
      <h2>Roles of operators who sign in</h2>
      <Table
        caption="Roles of operators of this account"
        rows={roles}
        keyOf={({ RoleName }) => RoleName}
        empty={
          <p>
            No operator signs in to this account. The settings <code>OPERATOR_OIDC</code> and{' '}
            <code>OPERATOR_ROLE_&lt;name&gt;</code> let people of your OpenID provider in, without any access key.
          </p>
        }
        columns={[
          { title: 'Role', cell: ({ RoleName }) => RoleName },
          {
            title: 'For whom',
            cell: ({ Match }) =>
              Object.entries(Match)
                .map(([claim, values]) => `${claim} is ${values.join(' or ')}`)
                .join(', and '),
          },
          {
            title: 'May do',
            cell: ({ PolicyDocument, RoleName }) => <Policy document={PolicyDocument} of={RoleName} />,
          },
        ]}
      />
    </section>
  )
}
