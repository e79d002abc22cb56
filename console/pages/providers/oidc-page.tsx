import { listIn, textIn, type XmlValue } from '../../calls/index.ts'
import { addressOf, CopyBlock, Facts, Id, Loaded, Moment, shellWord, useLoad } from '../../parts/index.ts'
import { iam } from '../../session/index.ts'
import { tagFacts } from './tag-facts.ts'

/** An issuer: for which clients its tokens count. */
export function OidcPage({ arn }: { arn: string }) {
  const load = useLoad(() => iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: arn }), [arn])
  return (
    <>
      <h1>{arn.slice(arn.indexOf('/') + 1)}</h1>
      <p class="row">
        <a href={addressOf(['providers'])}>All login providers</a>
        <Id of={arn} />
      </p>
      <Loaded from={load}>{(found) => <Provider arn={arn} found={found} />}</Loaded>
    </>
  )
}

function Provider({ arn, found }: { arn: string; found: XmlValue }) {
  const clients = listIn<string>(found, 'ClientIDList')
  return (
    <>
      {clients.length === 0 && (
        <p class="notice bad">It has no client id: no token of it counts, and nobody signs in by it.</p>
      )}
      <Facts
        of={[
          ['Key in Logins', <code key="key">{textIn(found, 'Url')}</code>],
          ['Client ids', clients.join(', ') || undefined],
          ['Thumbprints', listIn<string>(found, 'ThumbprintList').join(', ') || undefined],
          ['Registered', <Moment key="made" at={textIn(found, 'CreateDate')} />],
          ...tagFacts(found),
        ]}
      />
      <p class="hint">
        Tokens count if their aud is one of the client ids. Keys are read from the discovery document of the issuer;
        thumbprints are kept, and not looked at.
      </p>
      <CopyBlock
        title="One more client"
        text={`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${shellWord(arn)} --client-id my-app --endpoint-url ${location.origin}`}
      />
    </>
  )
}
