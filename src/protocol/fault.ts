/**
 * Every fault that leaves this service, with its HTTP status. The AWS JSON protocol answers 400 for whatever the caller
 * can mend and 500 otherwise, whatever the status in the API model; the query services use their own statuses.
 */
const STATUS = {
  // cognito-identity, modelled
  ConcurrentModificationException: 400,
  DeveloperUserAlreadyRegisteredException: 400,
  ExternalServiceException: 400,
  InternalErrorException: 500,
  InvalidIdentityPoolConfigurationException: 400,
  InvalidParameterException: 400,
  LimitExceededException: 400,
  NotAuthorizedException: 400,
  ResourceConflictException: 400,
  ResourceNotFoundException: 400,
  TooManyRequestsException: 400,
  // front end
  AccessDeniedException: 400,
  ExpiredTokenException: 400,
  IncompleteSignatureException: 400,
  InvalidSignatureException: 400,
  MissingAuthenticationTokenException: 400,
  RequestEntityTooLargeException: 413,
  SerializationException: 400,
  UnknownOperationException: 400,
  UnrecognizedClientException: 400,
  ValidationException: 400,
  // sts and iam
  AccessDenied: 403,
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  ExpiredToken: 403,
  FeatureDisabled: 404,
  FeatureEnabled: 409,
  IDPRejectedClaim: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidIdentityToken: 400,
  InvalidInput: 400,
  JWTPayloadSizeExceededException: 400,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  MalformedQueryString: 400,
  MissingAuthenticationToken: 403,
  NoSuchEntity: 404,
  OutboundWebIdentityFederationDisabledException: 403,
  PackedPolicyTooLarge: 400,
  RequestEntityTooLarge: 413,
  SessionDurationEscalationException: 403,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
} as const

export type FaultCode = keyof typeof STATUS

/** An answer other than success. `message` is for the caller; nothing secret may be in it. */
export class Fault extends Error {
  readonly code: FaultCode
  override readonly name = 'Fault'
  /** The message as records may hold it: it names no person. */
  readonly recorded: string
  /** What the answer says in headers besides. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: FaultCode, message = '', recorded = message, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.code = code
    this.recorded = recorded
    this.headers = headers
  }

  get status(): number {
    return STATUS[this.code]
  }
}

/** What the query services call a fault of the shared front end. */
const IN_QUERY_PROTOCOL: ReadonlyMap<FaultCode, FaultCode> = new Map([
  ['AccessDeniedException', 'AccessDenied'],
  ['IncompleteSignatureException', 'IncompleteSignature'],
  ['InternalErrorException', 'InternalFailure'],
  ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  ['RequestEntityTooLargeException', 'RequestEntityTooLarge'],
  ['TooManyRequestsException', 'Throttling'],
  ['UnrecognizedClientException', 'InvalidClientTokenId'],
  ['ValidationException', 'ValidationError'],
])

export function inQueryProtocol(fault: Fault): Fault {
  const code = IN_QUERY_PROTOCOL.get(fault.code)
  return code ? new Fault(code, fault.message, fault.recorded, fault.headers) : fault
}

/** What answers of the query protocol say of a fault, and whose it is. */
export function faultMembers({ code, message, status }: Fault) {
  return { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message }
}
