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
 * that the object was reset under it. So `call` must take its own stub, and its method must recognise a repetition.
 */
export async function callObject<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const { retryable, overloaded, durableObjectReset } = error as ObjectError
    if (overloaded) throw new Overloaded('durable object overloaded')
    if (retryable || durableObjectReset) return call()
    throw error
  }
}
