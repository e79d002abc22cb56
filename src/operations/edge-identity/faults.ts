import { Fault } from '../../protocol/index.ts'

export const noSuchLogin = () => new Fault('ResourceNotFoundException', 'No identity of this pool has that login.')

export const identityDisabled = (id: string) =>
  new Fault('ResourceConflictException', `The identity '${id}' is disabled.`)
