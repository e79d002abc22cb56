import type { IamConfig } from './seaweedfs-page.ts'
import { roleNamed, trustOf } from './seaweedfs-page.ts'

/** A row of "What goes wrong" in docs/connect/seaweedfs.md: what is wrong in the file, and how it shows. */
export interface Mistake {
  make: (config: IamConfig) => IamConfig | undefined
  /** In the audit record. */
  code: string
  /** In the audit record too, where the gateway names no code. */
  status?: number
  /** In the log of the gateway. */
  log: string
}

const TRUST = 'code=AccessDenied, type=Sender, message=trust policy validation failed'
const NO_STS = 'Failed to load IAM configuration'

/** What is changed, in the file or in a part of it. */
const changed = (change: (config: IamConfig) => void) => (config: IamConfig) => {
  change(config)
  return config
}
const provider = (part: object) =>
  changed(({ providers: [first] }) => {
    Object.assign(first?.config ?? {}, part)
  })
const federated = (Federated: string) =>
  changed((config) => {
    trustOf('Users', config).Principal = { Federated }
  })
const issuerOf = ({ providers: [first] }: IamConfig) => String(first?.config.issuer)
const hostOf = (config: IamConfig) => issuerOf(config).replace('http://', '')

export const MISTAKES: Readonly<Record<string, Mistake>> = {
  'the issuer ends in a slash': {
    make: (config) => provider({ issuer: `${issuerOf(config)}/` })(config),
    code: 'AccessDenied',
    log: TRUST,
  },
  'the issuer is another': { make: provider({ issuer: 'https://id.example.org' }), code: 'AccessDenied', log: TRUST },
  'the pool id is not a client id': {
    make: provider({ clientId: 'us-east-1:00000000-0000-4000-8000-000000000000' }),
    code: 'InvalidParameterValue',
    log: 'token audience matches none of the configured client IDs',
  },
  'the trust policy names another provider': { make: federated('other'), code: 'AccessDenied', log: TRUST },
  'the trust policy names the URL of the issuer': {
    make: (config) => federated(issuerOf(config))(config),
    code: 'AccessDenied',
    log: TRUST,
  },
  'the trust policy names an ARN of AWS': {
    make: (config) => federated(`arn:aws:iam::000000000000:oidc-provider/${hostOf(config)}`)(config),
    code: 'AccessDenied',
    log: TRUST,
  },
  'a condition key has the form of AWS': {
    make: changed((config) => {
      const trust = trustOf('Users', config)
      trust.Condition = {
        StringEquals: { [`${hostOf(config)}:aud`]: trust.Condition.StringEquals?.['oidc:aud'] ?? '' },
      }
    }),
    code: 'AccessDenied',
    log: TRUST,
  },
  'there is no such role': {
    make: changed((config) => {
      roleNamed('Users', config).roleName = 'Nobody'
    }),
    code: 'AccessDenied',
    log: 'message=role not found: Users',
  },
  'the role has a maximum below 3600': {
    make: changed((config) => {
      roleNamed('Users', config).maxSessionDuration = 900
    }),
    code: 'AccessDenied',
    log: 'MaxSessionDuration must be between 3600 and 43200',
  },
  'the session is longer than any may be': {
    make: changed(({ sts }) => {
      sts.maxSessionLength = '30m'
    }),
    code: 'InvalidParameterValue',
    log: 'DurationSeconds must be between 900 and 1800 seconds',
  },
  'the keys cannot be fetched': {
    make: provider({ jwksUri: 'http://127.0.0.1:9/' }),
    code: 'AccessDenied',
    log: 'failed to get public key',
  },
  'the signing key is too short': {
    make: changed(({ sts }) => {
      sts.signingKey = Buffer.from('short').toString('base64')
    }),
    code: 'Unknown',
    status: 405,
    log: NO_STS,
  },
  'there is no file': { make: () => undefined, code: 'Unknown', status: 405, log: NO_STS },
}
