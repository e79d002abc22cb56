import { styleText } from 'node:util'
import { LOCAL_KEY, LOCAL_REGION } from './local-service.ts'
import type { Tour } from './tour.ts'

/** Plain text where it is not read by a person: styleText knows pipes, NO_COLOR and terminals without colour. */
const style = (format: Parameters<typeof styleText>[0], text: string) =>
  styleText(format, text, { stream: process.stdout })
const title = (text: string) => style('bold', text)
const faint = (text: string) => style('dim', text)

const LABEL_WIDTH = 13
const row = (label: string, text: string) => `  ${faint(label.padEnd(LABEL_WIDTH))}${text}`
const short = (secret: string, length = 12) => `${secret.slice(0, length)}…`

/** The screen of a service that runs: where it is, what a guest just got from it, and what to paste. */
export function welcome(url: string, found: Tour): string {
  return [heading(url), '', ...guest(found), '', ...commandLine(url, found), '', ...javascript(url, found), ''].join(
    '\n',
  )
}

/** The same when the tour failed: the service runs, so say what it refused. */
export function welcomeWithout(url: string, refusal: string): string {
  return [heading(url), '', `  The sample could not be shown. ${refusal}`, ''].join('\n')
}

export const FAREWELL_HINT = `  ${faint('Ctrl-C stops it.')}\n`

function heading(url: string): string {
  return `\n  ${title('Edge Identity')}  ${style('cyan', url)}`
}

function guest({ poolId, isNewPool, identityId, token, credentials, callerArn }: Tour): string[] {
  const { accessKeyId, secretAccessKey, sessionToken, expires } = credentials
  return [
    `  ${title('A guest, just now')}`,
    row('pool', `${poolId}  ${faint(isNewPool ? 'sample, new' : 'sample')}`),
    row('identity', identityId),
    row('token', JSON.stringify(token.header)),
    ...claimLines(token.claims).map((line) => row('', line)),
    row('credentials', `${accessKeyId}  ${faint(`until ${expires.toISOString()}`)}`),
    row('', `secret ${short(secretAccessKey, 6)}  session token ${short(sessionToken)}`),
    row('caller', callerArn ?? 'known to the STS that made these'),
  ]
}

/** One claim a line, so that lists stay short. */
function claimLines(claims: object): string[] {
  const lines = Object.entries(claims).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return ['{', ...lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line)), '}']
}

function commandLine(url: string, { poolId, identityId }: Tour): string[] {
  return [
    `  ${title('AWS CLI')}`,
    `  export AWS_ENDPOINT_URL=${url} AWS_DEFAULT_REGION=${LOCAL_REGION}`,
    `  export AWS_ACCESS_KEY_ID=${LOCAL_KEY.accessKeyId} AWS_SECRET_ACCESS_KEY=${LOCAL_KEY.secretAccessKey}`,
    `  aws cognito-identity get-id --identity-pool-id ${poolId}`,
    `  aws cognito-identity get-credentials-for-identity --identity-id ${identityId}`,
    '  aws cognito-identity list-identity-pools --max-results 10',
  ]
}

function javascript(url: string, { poolId }: Tour): string[] {
  return [
    `  ${title('JavaScript SDK')}`,
    "  import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'",
    '  const credentials = fromCognitoIdentityPool({',
    `    identityPoolId: '${poolId}',`,
    `    clientConfig: { region: '${LOCAL_REGION}', endpoint: '${url}' },`,
    '  })',
  ]
}
