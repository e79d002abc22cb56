import { within } from './deadline.ts'

/** What the platform tells about a failed call to a Durable Object. */
interface ObjectError {
  retryable?: boolean
  overloaded?: boolean
  durableObjectReset?: boolean
}

/** The object has more work than it can take; asking again now would make it worse. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

/**
 * Longest wait for an object that is only read, in milliseconds. One on another continent that has to start first takes
 * less than one second.
 */
export const OBJECT_READ_MS = 3_000

/**
 * Longest wait for an object that may write, in milliseconds. It is generous: whoever gives up does not know whether
 * the work was done. Most clients wait longer.
 */
export const OBJECT_WRITE_MS = 10_000

export interface ObjectCall {
  /** The object's class, for the log. */
  name: string
  /** Longest wait for the answer, that of the repetition included, in milliseconds. */
  limit: number
}

/**
 * Calls a Durable Object, and once more on a fresh stub when the platform says that the first call may be repeated or
 * that the object was reset under it. So `call` must take its own stub. The first call may have been carried out all the
 * same: the object's method must recognise a repetition, or `call` must make allowance for it when it is `repeated`.
 *
 * Throws `TimedOut` when there is no answer within `limit`. An object that hangs is not asked again: that would only
 * add to its work, and the caller has waited long enough.
 */
export function callObject<T>({ limit, name }: ObjectCall, call: (repeated: boolean) => Promise<T>): Promise<T> {
  return within(name, limit, (signal) => callTwice(call, signal))
}

async function callTwice<T>(call: (repeated: boolean) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await call(false)
  } catch (error) {
    const { retryable, overloaded, durableObjectReset } = error as ObjectError
    if (signal.aborted || overloaded || !(retryable || durableObjectReset)) throw asOverloaded(error)
  }
  try {
    return await call(true)
  } catch (error) {
    throw asOverloaded(error)
  }
}

function asOverloaded(error: unknown): unknown {
  return (error as ObjectError).overloaded ? new Overloaded('durable object overloaded') : error
}
