import { Fault, type FaultCode } from '../../protocol/index.ts'

/** IAM's refusal to delete what other things hang on: 409. No other service here has it. */
export class DeleteConflict extends Fault {
  override readonly code = 'DeleteConflict' as FaultCode

  constructor(message: string) {
    super('EntityAlreadyExists', message)
  }

  override get status(): number {
    return 409
  }
}
