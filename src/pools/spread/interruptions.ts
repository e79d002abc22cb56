import { Overloaded } from '../../base/objects.ts'

/** Others change the same identities all the time, or slots are being handed over, so that a call comes to no end. */
export class Busy extends Overloaded {
  constructor(why = 'the identities change all the time') {
    super(why)
  }
}

/** The call began with settings or a map that are not the current ones, or the pool is gone. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
  /** The settings must be at least of this version. */
  readonly version: number

  constructor(version = 0) {
    super('settings or map superseded')
    this.version = version
  }
}

/** An object of the pool says that the pool is gone. */
export class Gone extends Error {
  override readonly name = 'Gone'
}
