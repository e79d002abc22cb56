import { useSignal } from '@preact/signals'
import { documents, nextSteps, readConnection } from '../../../tools/connect/index.ts'
import { CopyBlock, Field, Switch, shellWord } from '../../parts/index.ts'

interface AtAwsProps {
  issuer: string
  pool: string
  /** Roles are registered here, and AWS is not asked. */
  isSts: boolean
}

/** What an AWS account needs so that the pool can hand out its roles: what `npm run connect:aws` prints. */
export function AtAws({ issuer, isSts, pool }: AtAwsProps) {
  const account = useSignal('')
  const tags = useSignal(false)
  const existingProvider = useSignal(false)
  const wish = {
    ...{ issuer, pools: [pool], account: account.value || undefined, namePrefix: 'edge-identity' },
    ...{ tags: tags.value, existingProvider: existingProvider.value },
  }
  const connection = readConnection(wish)
  return (
    <section>
      <h2>For an AWS account</h2>
      {isSts && (
        <p class="notice">
          This deployment has its own STS, so AWS is not asked for credentials. The documents below are for a deployment
          with <code>STS_ENDPOINT = "aws"</code>.
        </p>
      )}
      <Field
        label="AWS account"
        value={account}
        hint="Twelve digits, or nothing: then the commands have a place for it."
      />
      <Switch label="Users bring attributes for access control (session tags)" value={tags} />
      <Switch label="The account has the OIDC provider of this issuer already" value={existingProvider} />
      {connection.ok ? (
        <>
          <CopyBlock title="template.json, for CloudFormation" text={documents(connection.value, 'cloudformation')} />
          <CopyBlock title="edge-identity.tf.json, for Terraform" text={documents(connection.value, 'terraform')} />
          <CopyBlock title="Then" text={nextSteps(connection.value, 'both')} />
          <CopyBlock title="The same on a command line" text={lineOf(wish)} />
        </>
      ) : (
        <p class="empty">{connection.error} Nothing can be made for AWS until that is different.</p>
      )}
    </section>
  )
}

function lineOf(wish: {
  issuer: string
  pools: readonly string[]
  account: string | undefined
  tags: boolean
  existingProvider: boolean
}): string {
  const account = wish.account ? ` --account ${shellWord(wish.account)}` : ''
  const flags = `${wish.tags ? ' --tags' : ''}${wish.existingProvider ? ' --existing-provider' : ''}`
  return `npm run --silent connect:aws -- --issuer ${wish.issuer} --pool ${wish.pools.join(' --pool ')}${account}${flags}`
}
