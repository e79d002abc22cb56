import { useSignal } from '@preact/signals'
import { Facts, Loaded, Moment, RegionChoice, regionOfRoute, Switch, Table, useLoad } from '../../parts/index.ts'
import { type Described, describeService, type PartHealth } from './described.ts'

/** How the parts of the deployment are, and what it is made of. */
export function Health() {
  const region = regionOfRoute()
  const probe = useSignal(false)
  const described = useLoad(() => describeService(region, probe.value), [region, probe.value])
  return (
    <>
      <h1>Health</h1>
      <div class="row">
        <button type="button" class="main" onClick={described.again}>
          Look again
        </button>
      </div>
      <Switch
        label="Ask KV and each STS too"
        value={probe}
        hint="An STS gets one unsigned question who is calling, which it refuses if it is well. At AWS that is the STS of the region below."
      />
      <RegionChoice />
      <Loaded from={described}>{(service) => <Answer of={service} />}</Loaded>
    </>
  )
}

function Answer({ of: service }: { of: Described }) {
  const { Issuer, LocalMode, TokenAlgorithm, Version } = service
  return (
    <>
      <Overall of={service.Health.Status} />
      <Parts of={service.Health.Parts} />
      <h2>The deployment</h2>
      <Facts
        of={[
          ['Version', Version],
          ['Issuer', <code key="issuer">{Issuer}</code>],
          ['Local mode', LocalMode ? 'on: access keys are known to everybody' : 'off'],
          ['Tokens are signed with', TokenAlgorithm],
          [
            'For load balancers',
            <a key="health" href="/health" target="_blank" rel="noreferrer">
              /health
            </a>,
          ],
        ]}
      />
      <Targets of={service} />
      <KeySets of={service} />
      <Settings of={service} />
    </>
  )
}

const TONES: Readonly<Record<PartHealth['Status'], readonly [tone: string, says: string]>> = {
  Ok: ['good', 'Everything that was asked is well.'],
  Degraded: ['warn', 'It serves, and somebody should look after it.'],
  Failing: ['bad', 'Something does not work: what needs it is refused.'],
}

function Overall({ of: status }: { of: PartHealth['Status'] }) {
  return (
    <p class={`notice ${TONES[status][0]}`} role="status">
      {TONES[status][1]}
    </p>
  )
}

const PARTS: Readonly<Record<string, string>> = {
  Worker: 'answers, with settings that it accepted',
  KeyRing: 'signs tokens',
  Account: 'knows pools, providers and roles of this account',
  Decisions: 'keeps decisions that Why finds, in KV',
  Sts: 'gives credentials',
}

/** What a word in `Why` means, and what to do. */
const WHYS: Readonly<Record<string, string>> = {
  older_copy: 'The object of the ring does not answer. A sealed copy stands in for up to a day.',
  older_version: 'The object is of an earlier version. That ends with the deployment.',
  unanswering: 'It does not answer. Look at the status page of Cloudflare, and at the log of the Worker.',
  wrong_key_encryption_key: 'The ring was wrapped under another KEY_ENCRYPTION_KEY. Set that one again.',
  timeout: 'It did not answer within three seconds.',
  network: 'There is no connection to it: look at its address and its certificate.',
}

function Parts({ of: parts }: { of: readonly PartHealth[] }) {
  return (
    <Table
      caption="Parts of the service"
      rows={parts}
      keyOf={({ Endpoint, Part }) => `${Part} ${Endpoint}`}
      empty=""
      columns={[
        {
          title: 'Part',
          cell: ({ Endpoint, Part }) => (
            <>
              {Part} {Endpoint && <code>{Endpoint}</code>}
            </>
          ),
        },
        { title: 'State', cell: ({ Status }) => <span class={`badge ${TONES[Status][0]}`}>{Status}</span> },
        {
          title: 'What it does, or what is wrong',
          cell: ({ Part, Why }) => (Why === undefined ? PARTS[Part] : `${WHYS[Why] ?? ''} (${Why})`.trim()),
        },
      ]}
    />
  )
}

function Targets({ of: { StsTargets } }: { of: Described }) {
  return (
    <>
      <h2>Where credentials come from</h2>
      <Table
        caption="Targets of STS"
        rows={StsTargets}
        keyOf={(target) => JSON.stringify(target)}
        empty=""
        columns={[
          { title: 'STS', cell: ({ Endpoint, Kind }) => (Kind === 'Embedded' ? 'its own' : <code>{Endpoint}</code>) },
          { title: 'Make', cell: ({ Profile }) => Profile ?? '–' },
          {
            title: 'For',
            cell: ({ Roles }) => Roles?.join(', ') ?? (StsTargets.length > 1 ? 'all other roles' : 'all roles'),
          },
        ]}
      />
    </>
  )
}

function KeySets({ of: { KeySets: sets } }: { of: Described }) {
  return (
    <>
      <h2>Key sets of providers</h2>
      <Table
        caption="Key sets of providers"
        rows={sets}
        keyOf={({ Issuer }) => Issuer}
        empty={
          <p>
            The isolate that answered has no key set in memory. It reads one when somebody signs in; others may have
            theirs.
          </p>
        }
        columns={[
          { title: 'Issuer', cell: ({ Issuer }) => <code>{Issuer}</code> },
          { title: 'Keys', isNumber: true, cell: ({ Keys }) => Keys },
          { title: 'Read', cell: ({ FetchedDate }) => <Moment at={FetchedDate} /> },
          { title: 'Fresh until', cell: ({ FreshUntil }) => <Moment at={FreshUntil} /> },
          { title: 'Last failure', cell: ({ Failure }) => (Failure ? <span class="bad">{Failure}</span> : 'none') },
        ]}
      />
    </>
  )
}

function Settings({ of: { Settings: settings } }: { of: Described }) {
  return (
    <>
      <h2>Settings that are set</h2>
      <p class="hint">Names alone. Those of other accounts are not shown.</p>
      <ul class="names">
        {settings.map(({ Name, Secret }) => (
          <li key={Name}>
            <code>{Name}</code> {Secret && <span class="badge">secret</span>}
          </li>
        ))}
      </ul>
    </>
  )
}
