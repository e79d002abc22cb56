/** What was asked for an answer gave none in time. The work may be under way still, or done all the same. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Longest wait for a read of KV, in milliseconds. A read near a copy takes a few, and one from afar some hundred. KV only
 * spares work, so a read that takes longer is a miss.
 */
export const KV_READ_MS = 400

/**
 * What `work` of `who` comes to, or `TimedOut` after so many milliseconds. The work itself is not ended: only nobody waits for it
 * any more, and how it fails later is of no interest. Its `signal` says so. An error that `work` throws at once is a rejection like any other.
 */
export async function within<T>(
  who: string,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds)
  let giveUp = () => {}
  const late = new Promise<never>((_, reject) => {
    giveUp = () => reject(new TimedOut(`${who} did not answer within ${milliseconds} ms`))
    signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([work(signal), late])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
