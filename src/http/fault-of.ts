import { TimedOut } from '../base/deadline.ts'
import type { Log } from '../base/log.ts'
import { Occupied, OtherVersion, Overloaded, StorageFull } from '../base/objects.ts'
import { rateExceeded } from '../operations/index.ts'
import { ClientGone, Fault } from '../protocol/index.ts'
import { Paused } from './rate-limits.ts'

/** The fault behind whatever was thrown. What nobody foresaw is logged, and leaves as one bland fault. */
export function faultOf(error: unknown, requestId: string, log: Log): Fault {
  if (error instanceof Fault) return error
  if (error instanceof Occupied) return new Fault('TooManyRequestsException', `${error.message}.`)
  if (error instanceof Overloaded || error instanceof Paused) return rateExceeded()
  if (error instanceof ClientGone) return new Fault('SerializationException', 'The request body ended early.')
  if (error instanceof TimedOut) {
    log.error('unanswered', { requestId, message: error.message })
    return new Fault(
      'InternalErrorException',
      'The service did not answer in time. The request may have been carried out.',
    )
  }
  if (error instanceof StorageFull) return storageFull(error, requestId, log)
  if (error instanceof OtherVersion) return otherVersion(error, requestId, log)
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  log.error('unhandled', { requestId, name, message, stack: stack?.split('\n').slice(1, 6).join('\n') })
  return new Fault('InternalErrorException', 'The service failed to answer. The request id tells its operator why.')
}

/**
 * Asking again makes no room, so it is a fault that no SDK tries again: they do so after each 5xx, and after
 * LimitExceededException, which they count as throttling.
 */
function storageFull({ message }: StorageFull, requestId: string, log: Log): Fault {
  log.error('storage_full', { requestId, message })
  return new Fault(
    'InvalidIdentityPoolConfigurationException',
    'There is no room left for new identities. The request id tells the operator where.',
  )
}

/** SDKs ask again after a status of 500, by which time the deployment may have come to an end. */
function otherVersion({ message, reason }: OtherVersion, requestId: string, log: Log): Fault {
  log[reason === 'older' ? 'warn' : 'error']('object_of_other_version', { requestId, reason, message })
  return new Fault('InternalErrorException', 'The service is being updated. Try again in a minute.')
}
