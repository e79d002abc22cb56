import { expect } from 'vitest'

/** A request id of ours, as SDKs report it. */
export const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** What an SDK says of a success, its bookkeeping aside. */
export function output<Output extends { $metadata: { httpStatusCode?: number | undefined } }>(
  answer: Output,
): Omit<Output, '$metadata'> {
  const { $metadata, ...members } = answer
  expect($metadata.httpStatusCode).toBe(200)
  return members
}

/** The error that a call ends with. */
export async function faultOf(call: Promise<unknown>): Promise<unknown> {
  const answer = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in answer) return answer.error
  throw new Error(`The call succeeded: ${JSON.stringify(answer.value)}`)
}
