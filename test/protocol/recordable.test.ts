import { describe, expect, it } from 'vitest'
import { allOperations } from '../../src/operations/index.ts'
import {
  boolean,
  integer,
  list,
  map,
  optional,
  recordable,
  required,
  type Shape,
  string,
  structure,
} from '../../src/protocol/index.ts'

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

describe('a request in a record', () => {
  it("has members by CloudTrail's names, and those alone that were given and declared", () => {
    const shape = structure({
      RoleARN: required(string()),
      MaxResults: optional(integer()),
      Enabled: optional(boolean()),
      Absent: optional(string()),
      Rules: optional(list(structure({ MatchType: required(string()) }))),
      Tags: optional(map(string(), string())),
    })
    const input = {
      RoleARN: 'arn',
      MaxResults: 0,
      Enabled: false,
      Rules: [{ MatchType: 'Equals' }],
      Tags: new Map([['Team', 'Blue']]),
      Undeclared: 'x',
    }
    expect(recordable(shape, input)).toEqual({
      roleARN: 'arn',
      maxResults: 0,
      enabled: false,
      rules: [{ matchType: 'Equals' }],
      tags: { Team: 'Blue' },
    })
  })

  it.each([
    ['a token or secret', string({ sensitive: true })],
    ['who somebody is', string({ unrecorded: true })],
  ])('hides the value of %s, wherever it is', (_, hidden) => {
    const shape = structure({
      Plain: required(hidden),
      List: required(list(hidden)),
      Logins: required(map(string(), hidden)),
      Deep: required(structure({ Inner: required(hidden) })),
    })
    const input = { Plain: 'x', List: ['x', 'y'], Logins: new Map([['provider', 'x']]), Deep: { Inner: 'x' } }
    expect(recordable(shape, input)).toEqual({
      plain: HIDDEN,
      list: [HIDDEN, HIDDEN],
      logins: { [HIDDEN]: HIDDEN },
      deep: { inner: HIDDEN },
    })
  })

  it('shows keys beside hidden values, and names, only if they are told from values', () => {
    const name = string({ recordedIf: (text: string) => text === 'idp.example' })
    const shape = structure({
      Logins: required(map(name, string({ sensitive: true }))),
      Names: required(list(name)),
      Tags: required(map(string(), string())),
    })
    const input = {
      Logins: new Map([
        ['idp.example', 'token'],
        ['token;secret', 'idp.example'],
      ]),
      Names: ['idp.example', 'token'],
      Tags: new Map([['team', 'blue']]),
    }
    expect(recordable(shape, input)).toEqual({
      logins: { 'idp.example': HIDDEN, [HIDDEN]: HIDDEN },
      names: ['idp.example', HIDDEN],
      tags: { team: 'blue' },
    })
  })

  it('cuts long texts, and long lists and maps', () => {
    const shape = structure({
      Text: required(string()),
      List: required(list(integer())),
      Map: required(map(string(), integer())),
    })
    const record = (length: number) => {
      const items = Array.from({ length: length === 512 ? 60 : 61 }, (_, n) => n)
      const input = { Text: 'x'.repeat(length), List: items, Map: new Map(items.map((n) => [`${n}`, n])) }
      return recordable(shape, input)
    }
    expect(record(512)).toMatchObject({ text: 'x'.repeat(512) })
    expect(record(513)).toEqual({ ...record(512), text: `${'x'.repeat(512)}…` })
    expect(Object.keys(record(513).map as object)).toHaveLength(60)
  })
})

describe('the members that are never recorded', () => {
  it('are those that hold tokens, secrets or documents, or name a person, and no others', () => {
    const hidden = allOperations.flatMap(({ input, name, service }) =>
      hiddenIn(input, '').map(([path, why]) => [`${service} ${name}${path}`, why]),
    )
    expect(Object.fromEntries(hidden)).toEqual({
      'cognito-identity CreateIdentityPool.SupportedLoginProviders{key}': 'names only',
      'cognito-identity GetCredentialsForIdentity.Logins{key}': 'names only',
      'cognito-identity GetId.Logins{key}': 'names only',
      'cognito-identity GetOpenIdToken.Logins{key}': 'names only',
      'cognito-identity GetOpenIdTokenForDeveloperIdentity.Logins{key}': 'names only',
      'cognito-identity GetPrincipalTagAttributeMap.IdentityProviderName': 'names only',
      'cognito-identity SetIdentityPoolRoles.RoleMappings{key}': 'names only',
      'cognito-identity SetPrincipalTagAttributeMap.IdentityProviderName': 'names only',
      'cognito-identity UnlinkIdentity.LoginsToRemove[]': 'names only',
      'cognito-identity UnlinkIdentity.Logins{key}': 'names only',
      'cognito-identity UpdateIdentityPool.SupportedLoginProviders{key}': 'names only',
      'edge-identity EraseUser.Provider': 'names only',
      'edge-identity FindIdentity.Provider': 'names only',
      'edge-identity GetOperatorSession.IdToken': 'sensitive',
      'edge-identity GetOperatorSession.Nonce': 'sensitive',
      'edge-identity ListIdentityDetails.Provider': 'names only',
      'edge-identity SetPoolSettings.PrincipalTagMaps{key}': 'names only',
      'edge-identity SetPoolSettings.RoleMappings{key}': 'names only',
      'edge-identity SetPoolSettings.SupportedLoginProviders{key}': 'names only',
      'edge-identity SetPoolSettings.TokenAudiences[].Audience': 'names only',
      'edge-identity GetTokenForAudience.Audience': 'names only',
      'edge-identity GetTokenForAudience.Logins{key}': 'names only',
      'edge-identity GetTokenForAudience.Logins{}': 'sensitive',
      'edge-identity SetPoolSettings.SupportedLoginProviders{}': 'unrecorded',
      'edge-identity SimulateLogin.Draft.PrincipalTagMaps{key}': 'names only',
      'edge-identity SimulateLogin.Draft.RoleMappings{key}': 'names only',
      'edge-identity SimulateLogin.Logins{key}': 'names only',
      'sts AssumeRoleWithWebIdentity.ProviderId': 'names only',
      'cognito-identity CreateIdentityPool.SupportedLoginProviders{}': 'unrecorded',
      'cognito-identity GetCredentialsForIdentity.Logins{}': 'sensitive',
      'cognito-identity GetId.Logins{}': 'sensitive',
      'cognito-identity GetOpenIdToken.Logins{}': 'sensitive',
      'cognito-identity GetOpenIdTokenForDeveloperIdentity.Logins{}': 'sensitive',
      'cognito-identity GetOpenIdTokenForDeveloperIdentity.PrincipalTags{}': 'unrecorded',
      'cognito-identity ListIdentities.NextToken': 'unrecorded',
      'cognito-identity ListIdentityPools.NextToken': 'unrecorded',
      'cognito-identity LookupDeveloperIdentity.DeveloperUserIdentifier': 'unrecorded',
      'cognito-identity LookupDeveloperIdentity.NextToken': 'unrecorded',
      'cognito-identity MergeDeveloperIdentities.SourceUserIdentifier': 'unrecorded',
      'cognito-identity MergeDeveloperIdentities.DestinationUserIdentifier': 'unrecorded',
      'cognito-identity MergeDeveloperIdentities.DeveloperProviderName': 'unrecorded',
      'cognito-identity UnlinkDeveloperIdentity.DeveloperProviderName': 'unrecorded',
      'cognito-identity UnlinkDeveloperIdentity.DeveloperUserIdentifier': 'unrecorded',
      'cognito-identity UnlinkIdentity.Logins{}': 'sensitive',
      'cognito-identity UpdateIdentityPool.SupportedLoginProviders{}': 'unrecorded',
      'edge-identity BlockIdentity.Reason': 'unrecorded',
      'edge-identity CheckPool.NextToken': 'unrecorded',
      'edge-identity EraseUser.IdentityId': 'unrecorded',
      'edge-identity EraseUser.Reason': 'unrecorded',
      'edge-identity EraseUser.Subject': 'unrecorded',
      'edge-identity FindIdentity.Subject': 'unrecorded',
      'edge-identity FindIdentity.Token': 'sensitive',
      'edge-identity GetGuestPass.Turnstile': 'sensitive',
      'edge-identity GetGuestPass.Work': 'sensitive',
      'edge-identity LinkLogin.Provider': 'names only',
      'edge-identity LinkLogin.Subject': 'unrecorded',
      'edge-identity ImportIdentities.Lines': 'unrecorded',
      'edge-identity ImportIdentities.NextToken': 'unrecorded',
      'edge-identity ListIdentityDetails.NextToken': 'unrecorded',
      'edge-identity SeedIdentity.Logins{key}': 'names only',
      'edge-identity SeedIdentity.Logins{}': 'unrecorded',
      'edge-identity SeedIdentity.Name': 'unrecorded',
      'edge-identity SimulateAssumeRoleWithWebIdentity.ClientAddress': 'unrecorded',
      'edge-identity SimulateAssumeRoleWithWebIdentity.WebIdentityToken': 'sensitive',
      'edge-identity SimulateLogin.Audience': 'names only',
      'edge-identity SimulateLogin.ClientAddress': 'unrecorded',
      'edge-identity SimulateLogin.GuestPass': 'sensitive',
      'edge-identity SimulateLogin.Logins{}': 'sensitive',
      'edge-identity UnlinkLogin.Provider': 'names only',
      'edge-identity UnlinkLogin.Subject': 'unrecorded',
      'iam CreateSAMLProvider.AddPrivateKey': 'sensitive',
      'iam CreateSAMLProvider.SAMLMetadataDocument': 'sensitive',
      'iam UpdateSAMLProvider.AddPrivateKey': 'sensitive',
      'iam UpdateSAMLProvider.SAMLMetadataDocument': 'sensitive',
      'sts AssumeRoleWithWebIdentity.WebIdentityToken': 'sensitive',
      'sts GetWebIdentityToken.Audience[]': 'names only',
      'sts GetWebIdentityToken.Tags[].Value': 'unrecorded',
    })
  })
})

function hiddenIn(shape: Shape, path: string): [path: string, why: string][] {
  switch (shape.type) {
    case 'string':
      if (shape.recordedIf) return [[path, 'names only']]
      return shape.sensitive ? [[path, 'sensitive']] : shape.unrecorded ? [[path, 'unrecorded']] : []
    case 'list':
      return hiddenIn(shape.member, `${path}[]`)
    case 'map':
      return [...hiddenIn(shape.key, `${path}{key}`), ...hiddenIn(shape.value, `${path}{}`)]
    case 'structure':
      return Object.entries(shape.members).flatMap(([name, member]) => hiddenIn(member.shape, `${path}.${name}`))
    default:
      return []
  }
}
