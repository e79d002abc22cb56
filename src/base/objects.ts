import { within } from './deadline.ts'
import { NEWER_TABLES } from './migrations.ts'

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

/** The object does something else first, and says what. Whoever asks again later is served. */
export class Occupied extends Overloaded {}

/** How an object says so, before a colon and what it does, which has none. A caller knows it by these words. */
export const TRY_LATER = 'Try again later'

/** The object has no room left for what it should write. It can still be read, and what is deleted makes room. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull'
}

/**
 * The object is not of the caller's version of the service, as happens while a version is deployed: it lacks the method
 * (`older`), or its tables are of a later version than its code (`newer_tables`). It has done nothing.
 */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion'
  readonly reason: 'older' | 'newer_tables'

  constructor(reason: 'older' | 'newer_tables', message: string) {
    super(message)
    this.reason = reason
  }
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
    if (signal.aborted || overloaded || !(retryable || durableObjectReset)) throw known(error)
  }
  try {
    return await call(true)
  } catch (error) {
    throw known(error)
  }
}

function known(error: unknown): unknown {
  if ((error as ObjectError).overloaded) return new Overloaded('durable object overloaded')
  const { message } = error instanceof Error ? error : { message: '' }
  if (message.includes(TRY_LATER)) return new Occupied(occupiedBy(message))
  if (message.includes(FULL)) return new StorageFull(message)
  if (message.includes(NEWER_TABLES)) return new OtherVersion('newer_tables', message)
  return LACKS_METHOD.test(message) ? new OtherVersion('older', message) : error
}

/** With this code the runtime ends the message of SQLite (sqlite.org/rescode.html#full); the error has no other mark. */
const FULL = 'SQLITE_FULL'

/** What an object says of what it does, without what SQLite and the runtime say of how it refused. */
function occupiedBy(message: string): string {
  const [, what = ''] = message.slice(message.indexOf(TRY_LATER)).split(': ')
  return `${TRY_LATER}: ${what}`
}

/** The words of workerd, and of its test runner, for a call of a method that an object does not have. */
const LACKS_METHOD = /^The RPC receiver does not implement (?:the method )?"\w+"\.$/
