import { seconds } from '../base/world.ts'
import { type AccessKeys, type Caller, currentRing, findCredential, type Services } from '../operations/index.ts'
import { Fault, type Service } from '../protocol/index.ts'
import { authenticate, type SignatureRejected } from '../sigv4/index.ts'
import { MAX_CREDENTIAL_END } from './limits.ts'
import { checkOrigin, type LocalMode } from './local-mode.ts'

/** What signatures are judged by. */
export interface SigningParts {
  services: Services
  accessKeys: AccessKeys
  /** Set in local mode alone. */
  local: LocalMode | undefined
}

/**
 * Whether a request has what a signature of a known key looks like: the id of an access key, or a session token. It proves
 * nothing. Without it nobody but a stranger can have sent the request, which is seen before its body is read.
 */
export function claimsSignature(headers: Headers, accessKeys: SigningParts['accessKeys']): boolean {
  const authorization = headers.get('authorization')
  if (authorization === null) return false
  if (headers.has('x-amz-security-token')) return true
  const [, accessKeyId = ''] =
    /(?:^|[\s,])Credential=([^/,\s]+)\//.exec(authorization.slice(0, MAX_CREDENTIAL_END)) ?? []
  return accessKeys.has(accessKeyId)
}

/** The signer of a request, or the fault for a signature that is missing or wrong. */
export async function whoSigned(
  service: Service,
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  { accessKeys, local, services }: SigningParts,
): Promise<Caller> {
  checkOrigin(request.headers.get('origin'), local)
  const now = services.world.now()
  const authenticated = await authenticate(
    { method: request.method, url: new URL(request.url), headers: request.headers, body },
    {
      service,
      windowSeconds: WINDOW_SECONDS[service],
      now,
      findKey: (accessKeyId, sessionToken) =>
        findCredential(accessKeyId, sessionToken, {
          accessKeys,
          operatorRoles: services.operators.roles,
          r2AccessKeys: services.r2AccessKeys,
          ring: () => currentRing(services),
          now: seconds(now),
        }),
    },
  )
  if (!authenticated.ok) throw signatureFault(authenticated.error, service)
  return authenticated.value.key.caller(authenticated.value.region)
}

/** How far a signed request's date may be from ours; also how long a captured request can be used again. */
const WINDOW_SECONDS = { 'cognito-identity': 300, 'edge-identity': 300, sts: 900, iam: 900 } as const

function signatureFault({ message, reason, recorded = message }: SignatureRejected, service: Service): Fault {
  switch (reason) {
    case 'missing':
      return new Fault('MissingAuthenticationTokenException', message, recorded)
    case 'incomplete':
      return new Fault('IncompleteSignatureException', message, recorded)
    case 'invalid':
      return new Fault('InvalidSignatureException', message, recorded)
    case 'unrecognized':
      return new Fault('UnrecognizedClientException', message, recorded)
    case 'expired':
      return new Fault(
        service === 'sts' || service === 'iam' ? 'ExpiredToken' : 'ExpiredTokenException',
        message,
        recorded,
      )
  }
}
