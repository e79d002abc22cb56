import { err } from '../base/result.ts'
import { MAX_QUOTED_CHARS } from './limits.ts'

/**
 * Why a request is not from whom it says. `message` is AWS's own text for the JSON protocols; it never repeats the
 * Authorization header, only its hash.
 */
export interface SignatureRejected {
  /**
   * `missing`: not signed at all; `incomplete`: what is there cannot be read; `invalid`: a wrong signature, time or
   * scope; `unrecognized`: no such access key or session token; `expired`: the session is over.
   */
  reason: 'missing' | 'incomplete' | 'invalid' | 'unrecognized' | 'expired'
  message: string
  /** The message for the record, where it differs: without what may be a secret. */
  recorded?: string
}

export type Refusal = { ok: false; error: SignatureRejected }

export function rejected(reason: SignatureRejected['reason'], message: string, recorded?: string): Refusal {
  return err({ reason, message, ...(recorded !== undefined && { recorded }) })
}

/** A value of the caller's in quotation marks, cut to a length that suits a message. */
export function quote(value: string): string {
  return `'${value.slice(0, MAX_QUOTED_CHARS)}'`
}
