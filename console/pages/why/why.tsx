import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { addressOf, CopyBlock, Field, Form, goTo, Loaded, route, Steps, useLoad } from '../../parts/index.ts'
import { edge, session } from '../../session/index.ts'
import { pathOf } from './path.tsx'
import type { AuditRecord } from './record.ts'

/** What a service in local mode calls the last request that it refused. */
const LAST = 'last'

/** Any region will do: records are found by account. */
const REGION = 'us-east-1'

/** Why a request came to what it came to. */
export function Why() {
  const [, id] = route.value.path
  return (
    <>
      <h1>Why?</h1>
      <Ask key={id} given={id ?? ''} />
      {id === undefined ? <Beginning /> : <Explained key={id} id={id} />}
    </>
  )
}

function Ask({ given }: { given: string }) {
  const id = useSignal(given === LAST ? '' : given)
  return (
    <Form
      action="Show"
      onSubmit={() => goTo(['why', id.value.trim()])}
      disabled={id.value.trim() === ''}
      also={<a href={addressOf(['why', LAST])}>The last refusal (local mode)</a>}
    >
      <Field
        label="Request id"
        value={id}
        placeholder="ed09c87e-4285-461f-8ab3-57a7d35f3e23"
        hint="Every answer has one, in the header x-amzn-RequestId. The AWS CLI shows it with --debug."
      />
    </Form>
  )
}

function Beginning() {
  return (
    <div class="empty">
      <p>
        A request is judged step by step: its pool, each login, the identity, the role, and who makes the credentials.
        Give the id of a request, and see how far it came, what ended it, and what to do.
      </p>
      <p>Records are kept for seven days: of refusals, and where the setting DECISIONS is "all", of every request.</p>
    </div>
  )
}

function Explained({ id }: { id: string }) {
  const load = useLoad(() => edge<{ Record: AuditRecord }>('ExplainRequest', { RequestId: id }, REGION), [id])
  const current = load.now.value
  const record = current.state === 'loaded' ? current.value.Record : undefined
  useEffect(() => {
    // The address is to be of this decision, also when there are later ones.
    if (id === LAST && record && record.recipientAccountId === session.value?.account)
      location.replace(addressOf(['why', record.requestID]))
  }, [id, record])
  return (
    <>
      <Loaded from={load}>{({ Record }) => <Shown record={Record} />}</Loaded>
      {current.state === 'failed' && <NotKept />}
    </>
  )
}

function NotKept() {
  return (
    <p class="hint">
      A record can be read about a minute after its request, and for seven days. Requests that went well are kept only
      where the setting DECISIONS is "all"; requests to other accounts are not shown. The log of the service has them.
    </p>
  )
}

function Shown({ record }: { record: AuditRecord }) {
  const { errorCode, eventName, eventTime, requestID } = record
  return (
    <>
      <h2>
        {eventName} was {errorCode === undefined ? 'granted' : 'refused'} <span class="quiet">at {eventTime}</span>
      </h2>
      <div class="columns">
        <Steps label="The path of the request" of={pathOf(record)} />
        <div>
          <CopyBlock title="Audit record" text={JSON.stringify(record, null, 2)} />
          <CopyBlock
            title="With the command line"
            text={`npm run explain-request -- ${requestID} --endpoint-url ${location.origin}`}
          />
        </div>
      </div>
    </>
  )
}
