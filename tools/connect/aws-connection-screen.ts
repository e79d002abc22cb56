import {
  addClientIdCommand,
  type ConnectedRole,
  type Connection,
  cloudFormationTemplate,
  setRolesCommand,
  terraformConfig,
} from './aws-connection.ts'

export const FORMATS = ['cloudformation', 'terraform', 'both'] as const

export type Format = (typeof FORMATS)[number]

const TEMPLATE_FILE = 'template.json'
const TERRAFORM_FILE = 'edge-identity.tf.json'

/** The documents in the wanted format; of both, each stands under a line with its file name. */
export function documents(connection: Connection, format: Format): string {
  const template = () => JSON.stringify(cloudFormationTemplate(connection), null, 2)
  const config = () => JSON.stringify(terraformConfig(connection), null, 2)
  if (format === 'cloudformation') return template()
  if (format === 'terraform') return config()
  return [`# ---- ${TEMPLATE_FILE} ----`, template(), `# ---- ${TERRAFORM_FILE} ----`, config()].join('\n')
}

/** What to do with the documents, in order. */
export function nextSteps(connection: Connection, format: Format): string {
  const { account, existingProvider, issuer, partition, pools, tags } = connection
  const where = `${account ? `account ${account}` : 'the account of the pools'}${partition === 'aws' ? '' : `, partition ${partition}`}`
  const deploy = {
    cloudformation: `aws cloudformation deploy --stack-name ${stackName(connection)} --template-file ${TEMPLATE_FILE} --capabilities CAPABILITY_NAMED_IAM`,
    terraform: 'terraform init && terraform apply',
  }
  const commands = format === 'both' ? [deploy.cloudformation, `or: ${deploy.terraform}`] : [deploy[format]]
  const arnOf = ({ name }: ConnectedRole) => `arn:${partition}:iam::${account ?? 'ACCOUNT'}:role/${name}`
  return [
    ...(existingProvider
      ? step(
          `Add each pool to the client ids of the OIDC provider of ${issuer}, at AWS. If a stack or Terraform manages the provider, add it there`,
          pools.map((pool) => addClientIdCommand(connection, pool)),
        )
      : []),
    ...step(`Deploy at AWS, in ${where}`, commands),
    ...step(
      'Give the roles to the pools, with an access key of the identity service that may pass them. This replaces all roles and role mappings of a pool',
      pools.map((pool) => setRolesCommand(connection, pool, arnOf)),
    ),
    ...(tags ? [] : ['Pools with attributes for access control need roles that --tags printed.']),
  ].join('\n')
}

/** Roles without their provider get a stack of their own: deployed over another, they would take its place. */
function stackName({ existingProvider, pools }: Connection): string {
  return existingProvider ? `edge-identity-${pools[0]?.tag}` : 'edge-identity'
}

function step(title: string, commands: readonly string[]): string[] {
  return [`${title}:`, ...commands.map((command) => `  ${command}`)]
}
