/** Where the service is, and what of AWS it stands for there. */
export interface Place {
  endpoint: string
  region: string
  pool: string
  /** It has its own STS: then IAM and STS are asked here too. */
  isSts: boolean
}

type Text = readonly [title: string, text: string]

/** What a shell needs: one endpoint for each service, since AWS_ENDPOINT_URL would send S3 here too. */
export function shellTexts({ endpoint, isSts, pool, region }: Place): Text[] {
  const names = ['COGNITO_IDENTITY', ...(isSts ? ['STS', 'IAM'] : [])]
  const variables = names.map((name) => `export AWS_ENDPOINT_URL_${name}=${endpoint}`)
  const services = ['cognito_identity', ...(isSts ? ['sts', 'iam'] : [])]
  const blocks = services.map((name) => `${name} =\n  endpoint_url = ${endpoint}`)
  return [
    ['Environment variables', [...variables, `export AWS_DEFAULT_REGION=${region}`].join('\n')],
    [
      'Profile in ~/.aws/config',
      [
        `[profile edge-identity]`,
        `region = ${region}`,
        'services = edge-identity',
        '',
        '[services edge-identity]',
        ...blocks,
      ].join('\n'),
    ],
    [
      'Try it: a guest gets credentials',
      `ID=$(aws cognito-identity get-id --identity-pool-id ${pool} --query IdentityId --output text)
aws cognito-identity get-credentials-for-identity --identity-id "$ID"`,
    ],
  ]
}

/** What an app needs. Its calls are not signed. */
export function appTexts({ endpoint, pool, region }: Place): Text[] {
  return [
    [
      'JavaScript SDK',
      `import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'

const credentials = fromCognitoIdentityPool({
  identityPoolId: '${pool}', // and logins: { '<key in Logins>': token } for a user who has signed in
  clientConfig: { region: '${region}', endpoint: '${endpoint}' },
})`,
    ],
    [
      'Amplify',
      `import { Amplify } from 'aws-amplify'

Amplify.configure({
  Auth: {
    Cognito: {
      identityPoolId: '${pool}',
      identityPoolEndpoint: '${endpoint}',
      allowGuestAccess: true,
    },
  },
})`,
    ],
    [
      'boto3',
      `import boto3

identity = boto3.client("cognito-identity", region_name="${region}", endpoint_url="${endpoint}")
guest = identity.get_id(IdentityPoolId="${pool}")["IdentityId"]`,
    ],
  ]
}

/** The provider of Terraform that manages pools here. Its own look at who calls goes here too. */
export function terraformText({ endpoint, region }: Place): string {
  const services = ['cognitoidentity', 'iam', 'sts'].map((name) => `    ${name.padEnd(15)} = "${endpoint}"`)
  return `provider "aws" {
  region                  = "${region}"
  skip_metadata_api_check = true
  skip_region_validation  = true
  endpoints {
${services.join('\n')}
  }
}`
}

/** Who may assume a role that is registered here: identities of one pool and one kind. */
export function trustPolicyText({ pool }: Place, kind: 'authenticated' | 'unauthenticated'): string {
  const provider = 'cognito-identity.amazonaws.com'
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action:
        kind === 'authenticated'
          ? ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
          : 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${provider}:aud`]: pool },
        'ForAnyValue:StringLike': { [`${provider}:amr`]: kind },
      },
    },
  ]
  return JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)
}
