import { describe, expect, it } from 'vitest'
import { allOperations, type Operation } from '../../../src/operations/index.ts'

type Signed = Extract<Operation, { auth: 'signed' }>
type Declared = 'pools' | 'record' | 'policies' | 'tags'

/** What an operation must declare that it touches if its input has a member of this name. */
const DUE: ReadonlyMap<string, Declared> = new Map([
  ['IdentityPoolId', 'pools'],
  ['IdentityId', 'pools'],
  ['IdentityIdsToDelete', 'pools'],
  ['ResourceArn', 'pools'],
  ['RoleName', 'record'],
  ['RoleArn', 'record'],
  ['OpenIDConnectProviderArn', 'record'],
  ['SAMLProviderArn', 'record'],
  ['PolicyArn', 'policies'],
  ['PermissionsBoundary', 'policies'],
  ['IdentityPoolTags', 'tags'],
  ['Tags', 'tags'],
  ['TagKeys', 'tags'],
])

const signed = allOperations.filter((operation): operation is Signed => operation.auth === 'signed')

describe('every signed operation declares what its input touches', () => {
  it.each(signed.map((operation) => [`${operation.service}:${operation.name}`, operation] as const))(
    '%s',
    (_, operation) => {
      expect(undeclared(operation)).toEqual([])
    },
  )

  it('for members of all names that are looked for', () => {
    const names = new Set(signed.flatMap(({ input }) => Object.keys(input.members)))
    expect([...DUE.keys()].filter((name) => !names.has(name))).toEqual([])
  })

  it.each(['pools', 'record', 'policies', 'tags'] as const)('or is found out, such as one without %s', (declared) => {
    const operation = signed.find((candidate) => candidate[declared] !== undefined) as Signed
    const { [declared]: _, ...forgetful } = operation
    expect(undeclared(forgetful as Signed)).toContain(declared)
  })

  it('and declares nothing that no member of its input is about', () => {
    for (const operation of signed)
      for (const declared of new Set(DUE.values()))
        if (operation[declared])
          expect([operation.name, dueTo(operation)]).toEqual([operation.name, expect.arrayContaining([declared])])
  })
})

/** What the members of an operation's input make due. */
function dueTo({ input }: Signed): Declared[] {
  return Object.keys(input.members).flatMap((name) => DUE.get(name) ?? [])
}

/** Where no policy of the caller's is asked, none can ask about what is touched. */
function undeclared(operation: Signed): Declared[] {
  if (operation.resource === null) return []
  return dueTo(operation).filter((declared) => operation[declared] === undefined)
}
