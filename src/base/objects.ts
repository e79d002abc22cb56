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
 * Calls a Durable Object, and once more on a fresh stub when the platform says that the first call may be repeated or
 * that the object was reset under it. So `call` must take its own stub. The first call may have been carried out all the
 * same: the object's method must recognise a repetition, or `call` must make allowance for it when it is `repeated`.
 */
export async function callObject<T>(call: (repeated: boolean) => Promise<T>): Promise<T> {
  try {
    return await call(false)
  } catch (error) {
    const { retryable, overloaded, durableObjectReset } = error as ObjectError
    if (overloaded || !(retryable || durableObjectReset)) throw asOverloaded(error)
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
