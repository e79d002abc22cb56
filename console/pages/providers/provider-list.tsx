import { listIn, textIn } from '../../calls/index.ts'
import { addressOf, CopyBlock, Loaded, Moment, Table, useLoad } from '../../parts/index.ts'
import { iam } from '../../session/index.ts'

/** What the account has registered, for its pools to list. */
export function ProviderList() {
  return (
    <>
      <h1>Login providers</h1>
      <p>
        Issuers whose tokens pools may take, by their registration in this account. Pools list them by ARN. User pools,
        Google, Apple, Facebook, Amazon and X need no registration.
      </p>
      <Oidc />
      <Saml />
    </>
  )
}

const nameIn = (arn: string) => arn.slice(arn.indexOf('/') + 1)

function Oidc() {
  const load = useLoad(async () => listIn(await iam('ListOpenIDConnectProviders'), 'OpenIDConnectProviderList'), [])
  const line = `aws iam create-open-id-connect-provider --url https://login.example.com --client-id-list my-app --endpoint-url ${location.origin}`
  return (
    <section>
      <h2>OpenID Connect</h2>
      <Loaded from={load}>
        {(providers) => (
          <Table
            caption="OpenID Connect providers"
            rows={providers.map((one) => textIn(one, 'Arn') ?? '')}
            keyOf={(arn) => arn}
            columns={[
              { title: 'Issuer', cell: (arn) => <a href={addressOf(['providers', arn])}>{nameIn(arn)}</a> },
              { title: 'ARN', cell: (arn) => <code>{arn}</code> },
            ]}
            empty={
              <>
                <p>No issuer is registered. With one, users of your company's login can sign in to your app.</p>
                <CopyBlock title="With the AWS CLI" text={line} />
              </>
            }
          />
        )}
      </Loaded>
    </section>
  )
}

function Saml() {
  const load = useLoad(async () => listIn(await iam('ListSAMLProviders'), 'SAMLProviderList'), [])
  const line = `aws iam create-saml-provider --name corp --saml-metadata-document file://metadata.xml --endpoint-url ${location.origin}`
  return (
    <section>
      <h2>SAML</h2>
      <Loaded from={load}>
        {(providers) => (
          <Table
            caption="SAML providers"
            rows={providers.map((one) => ({ arn: textIn(one, 'Arn') ?? '', until: textIn(one, 'ValidUntil') }))}
            keyOf={({ arn }) => arn}
            columns={[
              { title: 'Name', cell: ({ arn }) => <a href={addressOf(['providers', arn])}>{nameIn(arn)}</a> },
              { title: 'ARN', cell: ({ arn }) => <code>{arn}</code> },
              { title: 'Valid until', cell: ({ until }) => <Moment at={until} /> },
            ]}
            empty={
              <>
                <p>
                  No SAML provider is registered. Its metadata says by which certificates its assertions are checked.
                </p>
                <CopyBlock title="With the AWS CLI" text={line} />
              </>
            }
          />
        )}
      </Loaded>
    </section>
  )
}
