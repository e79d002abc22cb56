/** What the service answered instead of a result, or that it did not answer. */
export class Refused extends Error {
  /** The name of the error, such as `AccessDeniedException`; `NoAnswer` where there was none. */
  readonly code: string
  readonly operation: string
  /** By which an operator asks why. */
  readonly requestId: string | undefined

  constructor(operation: string, code: string, message: string, requestId?: string) {
    super(message)
    this.operation = operation
    this.code = code
    this.requestId = requestId
  }
}
