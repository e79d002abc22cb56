import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import {
  addressed,
  changePool,
  describePool,
  noteSettingTags,
  onPool,
  poolId,
  poolMembers,
  settingsFrom,
  tagsReplaced,
} from '../pool/index.ts'

/** A member that is left out returns to its default. Only the developer provider and the tags are kept. */
export const updateIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'UpdateIdentityPool',
  input: structure({ IdentityPoolId: required(poolId), ...poolMembers }),
  ...onPool,
  tags: tagsReplaced,
  async run(input, context) {
    const { developerProvider, tags, ...replaced } = settingsFrom(input, context.caller)
    const kept = {
      ...(developerProvider === undefined ? {} : { developerProvider }),
      ...(tags === undefined ? {} : { tags }),
    }
    const { accounts, caller } = context
    const id = addressed(input.IdentityPoolId, caller)
    await accounts.poolIsChanging(caller.account, id.text)
    const change = { kind: 'replace', settings: { ...replaced, ...kept } } as const
    const pool = await changePool(id.text, change, context)
    noteSettingTags(input.IdentityPoolTags, context)
    await accounts.tell(caller.account, (directory) => directory.poolIsOpen(pool.id, pool.settings.name))
    return describePool(pool)
  },
})
