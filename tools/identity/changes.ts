import type { Given } from '../../package/server/options.mjs'
import { BadOption } from '../lib/bootstrap.mjs'
import { isNotFound, type Own, whenNotBusy } from '../lib/operator.ts'

interface Changed {
  IdentityId: string
  State?: string
  DryRun?: boolean
  Changes?: boolean
  LoginsMoved?: number
}

type Values = Given['values']

/** The exit code for a login or an identity that there is not. */
const NOT_FOUND = 3

/** What changes the logins of identities, by the action that asks for it. */
const CHANGES = {
  link: { operation: 'LinkLogin', input: loginInput, sentence: linked },
  unlink: { operation: 'UnlinkLogin', input: loginInput, sentence: unlinked },
  merge: { operation: 'MergeIdentities', input: mergeInput, sentence: merged },
} as const

type Action = keyof typeof CHANGES

export function isChange(action: string): action is Action {
  return Object.hasOwn(CHANGES, action)
}

export function changeInput(action: Action, values: Values): object {
  return { ...CHANGES[action].input(values), DryRun: values['dry-run'] }
}

/** Makes a change, or tells in a dry run what would come of it. */
export async function change(action: Action, input: object, json: boolean, own: Own): Promise<void> {
  const { operation, sentence } = CHANGES[action]
  try {
    const changed = (await whenNotBusy(() => own(operation, input))) as Changed
    console.log(json ? JSON.stringify(changed, null, 2) : sentence(changed))
  } catch (error) {
    if (!isNotFound(error)) throw error
    console.error(error.message)
    process.exitCode = NOT_FOUND
  }
}

function loginInput({ developer, identity, provider, subject }: Values): object {
  if (identity === undefined || provider === undefined || subject === undefined)
    throw new BadOption('Name the identity and the login: --identity, --provider and --subject')
  return { IdentityId: identity, Provider: provider, Subject: subject, Developer: developer }
}

function mergeInput({ destination, source }: Values): object {
  if (source === undefined || destination === undefined)
    throw new BadOption('Name the two identities: --source, and --destination, which survives')
  return { SourceIdentityId: source, DestinationIdentityId: destination }
}

function linked({ Changes, DryRun, IdentityId }: Changed): string {
  if (!DryRun) return `${IdentityId} has the login.`
  return Changes ? `The login would be linked to ${IdentityId}.` : `${IdentityId} has the login already.`
}

function unlinked({ DryRun, IdentityId, State }: Changed): string {
  const isLast = State === 'Disabled'
  if (DryRun)
    return `The login would be taken off ${IdentityId}${isLast ? ', which would be disabled: it has no other' : ''}.`
  return `The login was taken off ${IdentityId}${isLast ? ', which is disabled: it has no other' : ''}.`
}

function merged({ Changes, DryRun, IdentityId, LoginsMoved }: Changed): string {
  if (!DryRun) return `Both are ${IdentityId} now.`
  if (!Changes) return `Both are ${IdentityId} already.`
  const logins = LoginsMoved === 1 ? '1 login' : `${LoginsMoved} logins`
  return `Both would be ${IdentityId}, to which ${logins} would go.`
}
