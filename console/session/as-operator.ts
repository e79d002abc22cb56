import { callJson, callQuery, type XmlValue } from '../calls/index.ts'
import { session } from './session.ts'

/** IAM is the same in every region, as AWS has it. */
export const IAM_REGION = 'us-east-1'

/** A call of AWS's API for identity pools. Throws `Refused`. */
export const cognito = <T = object>(operation: string, input: object, region: string): Promise<T> =>
  callJson<T>('cognito-identity', operation, input, caller(region))

/** A call of our own API. Throws `Refused`. */
export const edge = <T = object>(operation: string, input: object, region: string): Promise<T> =>
  callJson<T>('edge-identity', operation, input, caller(region))

/** A call of IAM. Throws `Refused`. */
export const iam = (action: string, parameters: Readonly<Record<string, string>> = {}): Promise<XmlValue> =>
  callQuery('iam', action, parameters, caller(IAM_REGION))

function caller(region: string) {
  const current = session.value
  if (!current) throw new Error('Nobody is signed in.')
  return { signer: current.signer, region }
}

/** What the ids of pools and identities begin with. */
const REGION = /^([a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}):/

/**
 * The region that the id of a pool or of an identity begins with. Of what is no such id it is any region, so that the service
 * refuses the id and not the signature.
 */
export const regionOf = (id: string) => REGION.exec(id)?.[1] ?? IAM_REGION
