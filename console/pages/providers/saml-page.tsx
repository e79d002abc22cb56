import { textIn } from '../../calls/index.ts'
import { addressOf, CopyBlock, Facts, Id, Loaded, Moment, useLoad } from '../../parts/index.ts'
import { iam } from '../../session/index.ts'
import { tagFacts } from './tag-facts.ts'

/** A SAML provider: its metadata, which has the certificates that assertions are checked by. */
export function SamlPage({ arn }: { arn: string }) {
  const load = useLoad(() => iam('GetSAMLProvider', { SAMLProviderArn: arn }), [arn])
  return (
    <>
      <h1>{arn.slice(arn.indexOf('/') + 1)}</h1>
      <p class="row">
        <a href={addressOf(['providers'])}>All login providers</a>
        <Id of={arn} />
      </p>
      <Loaded from={load}>
        {(found) => {
          const until = textIn(found, 'ValidUntil')
          return (
            <>
              {until !== undefined && Date.parse(until) < Date.now() && (
                <p class="notice bad">Its metadata is no longer valid: nobody signs in by it. Register the new one.</p>
              )}
              <Facts
                of={[
                  ['Key in Logins', <code key="key">{arn}</code>],
                  ['Registered', <Moment key="made" at={textIn(found, 'CreateDate')} />],
                  ['Valid until', <Moment key="until" at={until} />],
                  ...tagFacts(found),
                ]}
              />
              <details>
                <summary>Its metadata</summary>
                <CopyBlock title="Metadata" text={textIn(found, 'SAMLMetadataDocument') ?? ''} />
              </details>
            </>
          )
        }}
      </Loaded>
    </>
  )
}
