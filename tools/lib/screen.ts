import { styleText } from 'node:util'
import { LOCAL_KEY, LOCAL_REGION } from '../../package/server/local-mode.mjs'
import { VERSION } from '../../src/base/version.ts'
import { Refused } from './client.ts'
import type { SamplePool, Tour } from './tour.ts'

/** Plain text where it is not read by a person in colours. */
const hasColours = process.stdout.isTTY && process.stdout.hasColors() && !process.env.NO_COLOR
const style = (format: Parameters<typeof styleText>[0], text: string) => (hasColours ? styleText(format, text) : text)
const title = (text: string) => style('bold', text)
const faint = (text: string) => style('dim', text)

const LABEL_WIDTH = 13
const row = (label: string, text: string) => `  ${faint(label.padEnd(LABEL_WIDTH))}${text}`

/**
 * The screen of a service that runs: what a guest just got from it, what to paste, and at its end where it is. It fits a
 * terminal of 80 columns and 24 lines.
 */
export function welcome(url: string, found: Tour): string {
  return [...heading(url), ...guest(found), ...user(found), ...shell(url, found), '', ...ending(url)].join('\n')
}

/** The same when the tour failed: the service runs, so say what it refused, and what to paste if the pool is there. */
export function welcomeWithout(url: string, failure: Error, sample: SamplePool | undefined): string {
  const why = [`  The sample could not be shown. ${failure.message}`, ...adviceOn(failure), '']
  return [...heading(url), ...why, ...(sample ? [...shell(url, sample), ''] : []), ...ending(url)].join('\n')
}

/** What the operator can do about a refusal that depends on how the service was started. */
function adviceOn(failure: Error): string[] {
  const code = failure instanceof Refused ? failure.code : undefined
  if (code === 'ExternalServiceException') return ['  Does the service of STS_ENDPOINT run?']
  if (code !== 'InvalidIdentityPoolConfigurationException') return []
  return [
    '  Give the pool roles that its STS knows; or have a new sample in an empty folder:',
    '  npm start -- --persist-to DIR',
  ]
}

const heading = (url: string) => [
  '',
  `  ${title('Edge Identity')} ${VERSION}, ${faint('console')} ${style('cyan', `${url}/console`)}`,
  '',
]

function guest({ poolId, isNewPool, guest: { callerArn, credentials, identityId, token } }: Tour): string[] {
  const { accessKeyId, expires } = credentials
  const { alg } = token.header as { alg?: string }
  const { amr } = token.claims as { amr?: unknown }
  return [
    `  ${title('A guest, just now')}`,
    row('pool', `${poolId}  ${faint(isNewPool ? 'sample, new' : 'sample')}`),
    row('identity', identityId),
    row('token', `${alg}, amr ${JSON.stringify(amr)}`),
    row('credentials', `${accessKeyId}  ${faint(`until ${expires.toISOString()}`)}`),
    row('caller', nameIn(callerArn)),
  ]
}

function user({ user: { callerArn, identityId, name, provider } }: Tour): string[] {
  return [
    `  ${title('A user, just now')}  ${faint(`${name}, signed in at ${provider}`)}`,
    row('identity', identityId),
    row('caller', nameIn(callerArn)),
  ]
}

const nameIn = (arn: string | undefined) => arn?.split(':').pop() ?? 'known to the STS that made these'

function shell(url: string, { poolId }: SamplePool): string[] {
  return [
    `  ${title('For another shell')}`,
    `  export AWS_ENDPOINT_URL_COGNITO_IDENTITY=${url}`,
    `  export AWS_ENDPOINT_URL_STS=${url}`,
    `  export AWS_ENDPOINT_URL_IAM=${url}`,
    `  export AWS_DEFAULT_REGION=${LOCAL_REGION}`,
    `  export AWS_ACCESS_KEY_ID=${LOCAL_KEY.accessKeyId} AWS_SECRET_ACCESS_KEY=${LOCAL_KEY.secretAccessKey}`,
    `  export POOL=${poolId}`,
    '  aws cognito-identity get-id --identity-pool-id "$POOL"',
  ]
}

function ending(url: string): string[] {
  return [
    `  ${faint('Refusals appear below; npm run explain-request -- --last tells why.')}`,
    `  ${style('cyan', url)} serves. ${faint('Ctrl-C stops it.')}`,
  ]
}
