import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Choice, CopyBlock, goTo, Loaded, RegionChoice, regionOfRoute, route, useLoad } from '../../parts/index.ts'
import { cognito, readSettings } from '../../session/index.ts'
import { describeService } from '../service/index.ts'
import { AtAws } from './at-aws.tsx'
import { appTexts, type Place, shellTexts, terraformText, trustPolicyText } from './texts.ts'

interface PoolPage {
  IdentityPools: { IdentityPoolId: string; IdentityPoolName: string }[]
}

/** What clients and AWS accounts need to use a pool of this service. */
export function Connect() {
  const region = regionOfRoute()
  const pools = useLoad(() => cognito<PoolPage>('ListIdentityPools', { MaxResults: 60 }, region), [region])
  const service = useLoad(() => whereItIs(region), [region])
  return (
    <>
      <h1>Connect</h1>
      <p>
        Clients need one change: the endpoint. Choose a pool, and copy what your client, your shell or your AWS account
        needs.
      </p>
      <RegionChoice />
      <Loaded from={pools}>
        {({ IdentityPools }) =>
          IdentityPools.length === 0 ? (
            <p class="empty">There is no pool in {region}. Make one first, or choose another region.</p>
          ) : (
            <Loaded from={service}>{(found) => <OfPool pools={IdentityPools} region={region} {...found} />}</Loaded>
          )
        }
      </Loaded>
    </>
  )
}

/** The issuer is public. Whether the service has its own STS is told to those who may know it; else it depends on the mode. */
async function whereItIs(region: string): Promise<{ issuer: string; isSts: boolean }> {
  const [{ issuer, local }, described] = await Promise.all([
    readSettings(),
    describeService(region).catch(() => undefined),
  ])
  return { issuer, isSts: described ? described.StsTargets[0]?.Kind === 'Embedded' : local }
}

interface OfPoolProps {
  pools: PoolPage['IdentityPools']
  region: string
  issuer: string
  isSts: boolean
}

function OfPool({ issuer, isSts, pools, region }: OfPoolProps) {
  const pool = poolOfRoute(region) ?? pools[0]?.IdentityPoolId ?? ''
  const place = { endpoint: new URL(issuer).origin, region, pool, isSts }
  return (
    <>
      <PoolChoice key={region} pools={pools} region={region} pool={pool} />
      <div class="columns">
        <Texts title="For apps" texts={appTexts(place)} />
        <Texts title="For shells and the AWS CLI" texts={shellTexts(place)} />
      </div>
      <ForOperators place={place} />
      <AtAws key={pool} issuer={issuer} pool={pool} isSts={isSts} />
    </>
  )
}

/** Anybody may have made the address, and what stands in it goes into code and into lines for a shell. */
function poolOfRoute(region: string): string | undefined {
  const pool = route.value.query.get('pool') ?? ''
  return pool.startsWith(`${region}:`) && /^[a-z0-9-]+:[0-9a-f-]{36}$/.test(pool) ? pool : undefined
}

function PoolChoice({ pool, pools, region }: { pools: PoolPage['IdentityPools']; pool: string; region: string }) {
  const chosen = useSignal(pool)
  useEffect(
    () =>
      chosen.subscribe((next) => {
        if (next !== (route.peek().query.get('pool') ?? pool)) goTo(['connect'], { region, pool: next })
      }),
    [chosen, region],
  )
  return (
    <Choice
      label="Pool"
      value={chosen}
      options={pools.map(({ IdentityPoolId, IdentityPoolName }) => [
        IdentityPoolId,
        `${IdentityPoolName} (${IdentityPoolId})`,
      ])}
    />
  )
}

function Texts({ texts, title }: { title: string; texts: readonly (readonly [title: string, text: string])[] }) {
  return (
    <section>
      <h2>{title}</h2>
      {texts.map(([name, text]) => (
        <CopyBlock key={name} title={name} text={text} />
      ))}
    </section>
  )
}

function ForOperators({ place }: { place: Place }) {
  return (
    <section>
      <h2>For operators</h2>
      <p class="hint">
        Terraform and the AWS CLI sign with an access key of this service, in AWS_ACCESS_KEY_ID and
        AWS_SECRET_ACCESS_KEY.
      </p>
      <div class="columns">
        <CopyBlock title="Provider of Terraform" text={terraformText(place)} />
        {place.isSts && (
          <CopyBlock
            title="Trust policy of a role of this service, for signed-in users"
            text={trustPolicyText(place, 'authenticated')}
          />
        )}
      </div>
    </section>
  )
}
