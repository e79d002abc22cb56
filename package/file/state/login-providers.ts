import type { IdentityDocument } from '../read/document.ts'
import { type ListedProvider, providersOf } from './names.ts'
import { groupedBy } from './state.ts'

/** One login provider that pools of a file list. */
export interface LoginProvider {
  kind: ListedProvider['kind']
  /** What the file calls it: the name of an issuer, `google`, or the id of a user pool. */
  name: string
  /** The key of its logins: in `Logins` a client sends its tokens under it. */
  login: string
  /** What its tokens have as `iss`, if it signs tokens. */
  issuer: string | undefined
  /** Client or app ids for which its tokens count, in all pools together. */
  clients: readonly string[]
  /** The pools that list it, by their names in the file. */
  pools: readonly string[]
}

/** Every login provider that the pools of a file list, each once. Those that are named by the ARN of another account are left out. */
export function loginProvidersOf({ file }: IdentityDocument): LoginProvider[] {
  const nowhere = { account: '', region: file.region ?? '' }
  const listed = Object.entries(file.pools ?? {}).flatMap(([key, pool]) =>
    providersOf(pool, file, nowhere).map((provider) => ({ key, provider })),
  )
  const own = listed.filter(({ provider }) => !(provider.names[0] ?? '').startsWith('arn:'))
  return [...groupedBy(own, ({ provider }) => `${provider.kind} ${provider.login}`).values()].map((same) => {
    const [first] = same as [(typeof same)[number], ...typeof same]
    const { kind, login, names } = first.provider
    return {
      kind,
      name: kind === 'developer' ? login : (names[0] ?? login),
      login,
      issuer: issuerOf(first.provider, file.issuers),
      clients: [...new Set(same.flatMap(({ provider }) => clientsOf(provider)))],
      pools: [...new Set(same.map(({ key }) => key))],
    }
  })
}

function issuerOf(
  { entry, kind, login }: ListedProvider,
  issuers: IdentityDocument['file']['issuers'],
): string | undefined {
  if ('oidc' in entry) {
    const issuer = issuers?.[entry.oidc]
    return issuer && 'url' in issuer ? issuer.url : undefined
  }
  return SIGNING.has(kind) ? `https://${login}` : undefined
}

const SIGNING: ReadonlySet<ListedProvider['kind']> = new Set(['user_pool', 'google', 'apple'])

function clientsOf({ entry, kind }: ListedProvider): readonly string[] {
  if ('userPool' in entry) return entry.client === undefined ? [] : [entry.client]
  if ('oidc' in entry) return entry.clients ?? []
  const client = (entry as Readonly<Record<string, unknown>>)[kind]
  return kind !== 'saml' && kind !== 'developer' && typeof client === 'string' ? [client] : []
}
