import { constants } from 'node:os'
import { onStop } from '../lib/bootstrap.mjs'

/** Does a last thing if somebody stops the command. The answer ends this. */
export function whenStopped(lastly: () => void): () => void {
  return onStop((signal) => {
    lastly()
    process.exit(128 + constants.signals[signal])
  })
}
