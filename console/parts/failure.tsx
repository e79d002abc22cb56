import { Refused } from '../calls/index.ts'
import { addressOf } from './route.ts'

/** What an operator does about an error, by its name. */
const ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^NoAnswer$/, 'Is it running, and is this machine online? Try again.'],
  [/^AccessDenied/, 'The policy of your access key or role does not allow this. Ask whoever keeps the settings.'],
  [
    /^(InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|InvalidClientTokenId|IncompleteSignature|ExpiredToken)/,
    'Your access key is not taken (any more). Sign in again; a wrong clock has this effect too.',
  ],
  [/^(TooManyRequests|Throttling|RateExceeded|LimitExceeded)/, 'Wait for some seconds, then try again.'],
  [/^ResourceNotFound|^NoSuchEntity/, 'Check the id and its region. What was deleted is gone.'],
  [/^ConcurrentModification/, 'Somebody else changed it meanwhile. Load it again, and make your change anew.'],
  [/^(InternalError|InternalFailure|ServiceUnavailable)/, 'The fault is with the service. Its log has the request id.'],
]

/** That something went wrong: in the service's own words, and what to do about it. */
export function Failure({ error, again }: { error: unknown; again?: (() => void) | undefined }) {
  const refused = error instanceof Refused ? error : undefined
  const advice = refused && ADVICE.find(([pattern]) => pattern.test(refused.code))?.[1]
  return (
    <div class="notice bad" role="alert">
      <p>
        {refused && <strong>{refused.operation}: </strong>}
        {error instanceof Error ? error.message : String(error)}
        {refused && <span class="quiet"> {refused.code}</span>}
      </p>
      {advice && <p>{advice}</p>}
      <p class="row">
        {again && (
          <button type="button" onClick={again}>
            Try again
          </button>
        )}
        {refused?.requestId && <a href={addressOf(['why', refused.requestId])}>Why? {refused.requestId}</a>}
      </p>
    </div>
  )
}
