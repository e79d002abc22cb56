import { beforeAll, describe, expect, it } from 'vitest'
import { err, ok } from '../../../src/base/result.ts'
import { HOUR, testBed } from '../support.ts'
import { AUDIENCE, ENTITY_ID, encode, identityProvider, SIGN_IN } from './identity-provider.ts'
import { withSignature } from './signing.ts'
import { ARN, NOW, PROVIDER_ID, refusal, samlBed } from './support.ts'

const MINUTE = 60_000
const ROLE = 'https://aws.amazon.com/SAML/Attributes/Role'
const PRINCIPAL_TAG = 'https://aws.amazon.com/SAML/Attributes/PrincipalTag:'
const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`

let bed: Awaited<ReturnType<typeof samlBed>>

beforeAll(async () => {
  bed = await samlBed()
})

/** The judgement of a response with this answer. */
const judged = async (answer: Parameters<typeof bed.idp.respond>[0], options?: Parameters<typeof bed.judge>[1]) =>
  bed.judge(await bed.idp.respond(answer), options)

describe('a SAML response', () => {
  it('proves its NameID, its attributes, its roles and how long it counts', async () => {
    const attributes = {
      [ROLE]: [`${role('reader')},${ARN}`],
      [`${PRINCIPAL_TAG}team`]: ['blue'],
      'urn:oid:0.9.2342.19200300.100.1.3': ['alice@example.com'],
      groups: ['a', 'b'],
    }
    const xml = await bed.idp.respond({ attributes })
    expect(await bed.judge(xml)).toEqual(
      ok({
        kind: 'saml',
        provider: ARN,
        subject: 'alice',
        clientId: '',
        claims: {
          [ROLE]: `${role('reader')},${ARN}`,
          [`${PRINCIPAL_TAG}team`]: 'blue',
          'urn:oid:0.9.2342.19200300.100.1.3': 'alice@example.com',
          groups: ['a', 'b'],
          iss: ENTITY_ID,
          sub: 'alice',
          aud: SIGN_IN,
        },
        saml: {
          roles: [{ roleArn: role('reader'), providerArn: ARN }],
          assertion: { id: /<saml:Assertion [^>]*ID="([^"]+)"/.exec(xml)?.[1], expiresAt: NOW + 6 * MINUTE },
        },
      }),
    )
  })

  it.each(['assertion', 'response', 'both'] as const)('is accepted with a signature of its %s', async (signs) => {
    expect(await judged({ signs })).toMatchObject({ ok: true, value: { subject: 'alice' } })
  })

  it.each(['rsa-sha256', 'rsa-sha512'])('is accepted when signed with %s', async (name) => {
    const signatureAlgorithm = `http://www.w3.org/2001/04/xmldsig-more#${name}`
    expect(await judged({ signatureAlgorithm })).toMatchObject({ ok: true })
  })

  it.each(['rsa-sha384', 'ecdsa-sha256'] as const)('is accepted when signed with %s', async (method) => {
    const { certificate, sign } = await withSignature(method)
    const metadata = { ...bed.metadata, certificates: [certificate] }
    expect(await bed.judge(sign(await bed.idp.respond()), { metadata })).toMatchObject({ ok: true })
  })

  it('is accepted when its canonical form keeps prefixes that nothing in it uses', async () => {
    const { certificate, sign } = await withSignature('rsa-sha384', { prefixes: ['xs', 'xsi', 'samlp'] })
    const metadata = { ...bed.metadata, certificates: [certificate] }
    expect(await bed.judge(sign(await bed.idp.respond()), { metadata })).toMatchObject({ ok: true })
  })

  it('is accepted with as many values as fit into a token', async () => {
    const groups = Array.from({ length: 500 }, () => 'g')
    const xml = await bed.idp.respond({ attributes: { groups } })
    expect(encode(xml).length).toBeGreaterThan(48_000)
    expect(await bed.judge(xml)).toMatchObject({ ok: true, value: { claims: { groups } } })
  })

  it('is accepted when base64 in it is broken into lines, as XML or as references', async () => {
    const xml = await bed.idp.respond()
    for (const lineBreak of ['\n', '\r\n', '&#13;\n', ' '])
      expect(await bed.judge(xml.replace(/(?<=SignatureValue>.{76})/, lineBreak)), lineBreak).toMatchObject({
        ok: true,
      })
  })

  it('is accepted when the token is broken into lines', async () => {
    const token = encode(await bed.idp.respond()).replace(/.{76}/g, '$&\r\n')
    expect(await bed.judgeToken(token)).toMatchObject({ ok: true })
  })

  it('is accepted with an XML declaration', async () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${await bed.idp.respond()}`
    expect(await bed.judge(xml)).toMatchObject({ ok: true })
  })

  it('is refused, unread, under the ARN of a provider that the pool does not list', async () => {
    const { verifier } = testBed()
    const provider = 'arn:aws:iam::000000000000:saml-provider/other'
    const trusted = { kind: 'saml', arn: ARN, id: PROVIDER_ID, metadata: bed.metadata, partition: 'aws' } as const
    expect(await verifier.verify({ provider, token: 'not even base64' }, [trusted])).toEqual(
      err({ reason: 'provider_not_listed', provider }),
    )
  })

  it.each([
    ['the requester', 'urn:oasis:names:tc:SAML:2.0:status:Requester'],
    ['success of another version', 'urn:oasis:names:tc:SAML:1.0:status:Success'],
  ])('is refused when it reports %s', async (_what, status) => {
    expect(await judged({ status })).toEqual(refusal('status'))
  })

  it.each([
    ['another root', (xml: string) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')],
    ['another namespace', (xml: string) => xml.replace('SAML:2.0:protocol', 'SAML:1.0:protocol')],
    ['another version', (xml: string) => xml.replace('Version="2.0"', 'Version="1.1"')],
    ['no ID', (xml: string) => xml.replace(/ ID="_response-\d+"/, '')],
    ['an ID that is no name', (xml: string) => xml.replace(/"_response-\d+"/, `"a'b"`)],
  ])('is refused with %s', async (_what, alter) => {
    expect(await bed.judge(alter(await bed.idp.respond()))).toEqual(refusal('not_a_response'))
  })
})

describe('the keys of a SAML provider', () => {
  it('verify with any of several certificates', async () => {
    const other = await identityProvider(NOW)
    const metadata = { ...bed.metadata, certificates: [other.certificate, bed.idp.certificate] }
    expect(await judged({}, { metadata })).toMatchObject({ ok: true })
  })

  it('are those of its metadata now, and not those before', async () => {
    const other = await identityProvider(NOW)
    const metadata = { ...bed.metadata, certificates: [other.certificate] }
    expect(await judged({}, { metadata })).toEqual(refusal('signature'))
    expect(await bed.judge(await other.respond(), { metadata })).toMatchObject({ ok: true })
  })

  it('that cannot be read verify nothing', async () => {
    const metadata = { ...bed.metadata, certificates: ['', 'AAAA', '***'] }
    expect(await judged({}, { metadata })).toEqual(refusal('signature'))
  })

  it('are good for nothing once its metadata has lapsed', async () => {
    expect(await judged({}, { metadata: { ...bed.metadata, validUntil: NOW + 1 } })).toMatchObject({ ok: true })
    expect(await judged({}, { metadata: { ...bed.metadata, validUntil: NOW } })).toEqual(refusal('metadata_expired'))
  })
})

describe('the issuer', () => {
  it('is refused when it is not the entity of the metadata', async () => {
    expect(await judged({ issuer: 'https://evil.example.com' })).toEqual(refusal('issuer', 'https://evil.example.com'))
  })

  it('is refused when only that of the response differs, signed or not', async () => {
    const rewrite = (xml: string) => xml.replace(ENTITY_ID, 'https://evil.example.com')
    for (const signs of ['assertion', 'response'] as const)
      expect(await judged({ signs, rewrite })).toEqual(refusal('issuer', 'https://evil.example.com'))
  })

  it('need not be named by the response', async () => {
    const rewrite = (xml: string) => xml.replace(/(<samlp:Response[^>]*>)<saml:Issuer>[^<]*<\/saml:Issuer>/, '$1')
    expect(await judged({ rewrite })).toMatchObject({ ok: true })
  })
})

describe('the subject confirmation', () => {
  const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
  const data = /<saml:SubjectConfirmationData[^>]*>/
  it.each([
    ['another method', (xml: string) => xml.replace(BEARER, 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key')],
    ['two bearers', (xml: string) => xml.replace(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, '$&$&')],
    [
      'a bearer and another method',
      (xml: string) =>
        xml.replace(
          '</saml:Subject>',
          (end) => `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"/>${end}`,
        ),
    ],
    ['no data', (xml: string) => xml.replace(data, '')],
    ['no end', (xml: string) => xml.replace(/(<saml:SubjectConfirmationData) NotOnOrAfter="[^"]*"/, '$1')],
    ['no recipient', (xml: string) => xml.replace(/ Recipient="[^"]*"/, '')],
    [
      'a beginning',
      (xml: string) => xml.replace(/<saml:SubjectConfirmationData/, '$& NotBefore="2020-01-01T00:00:00Z"'),
    ],
    ['no subject', (xml: string) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/, '')],
  ])('is refused with %s', async (_what, rewrite) => {
    expect(await judged({ rewrite })).toEqual(refusal('subject_confirmation'))
  })
})

describe('the recipient', () => {
  it.each([
    ['aws', 'https://signin.aws.amazon.com/saml', AUDIENCE],
    ['aws', 'https://eu-central-1.signin.aws.amazon.com/saml', AUDIENCE],
    ['aws', `https://signin.aws.amazon.com/saml/acs/${PROVIDER_ID}`, AUDIENCE],
    ['aws', `https://us-west-2.signin.aws.amazon.com/saml/acs/${PROVIDER_ID}`, AUDIENCE],
    ['aws', 'https://signin.aws.amazon.com/saml', 'https://signin.aws.amazon.com/saml'],
    ['aws', 'https://signin.aws.amazon.com/saml', 'https://eu-central-1.signin.aws.amazon.com/saml'],
    ['aws', 'https://signin.aws.amazon.com/saml', `https://signin.aws.amazon.com/saml/acs/${PROVIDER_ID}`],
    ['aws-cn', 'https://cn-north-1.signin.amazonaws.cn/saml', 'urn:amazon:webservices:cn-north-1'],
    ['aws-cn', 'https://signin.amazonaws.cn/saml', 'https://signin.amazonaws.cn/saml'],
    ['aws-us-gov', 'https://signin.amazonaws-us-gov.com/saml', 'urn:amazon:webservices:govcloud'],
    ['aws-us-gov', 'https://us-gov-east-1.signin.amazonaws-us-gov.com/saml', 'urn:amazon:webservices:govcloud'],
  ])('may be the sign-in page of %s: %s', async (partition, recipient, audience) => {
    expect(await judged({ recipient, audience }, { partition })).toMatchObject({
      ok: true,
      value: { claims: { aud: recipient } },
    })
  })

  it('may be a URL of the deployment, which then is the audience claim', async () => {
    const recipient = 'https://identity.example.com/saml'
    expect(await judged({ recipient }, { samlRecipients: [recipient] })).toMatchObject({
      ok: true,
      value: { claims: { aud: recipient } },
    })
  })

  it.each([
    'https://sp.example.com/saml',
    'https://signin.aws.amazon.com/saml/',
    'https://signin.aws.amazon.com.example.com/saml',
    'https://example.com/signin.aws.amazon.com/saml',
    'https://evil.signin.aws.amazon.com/saml',
    'http://signin.aws.amazon.com/saml',
    'https://signin.amazonaws.cn/saml',
    'https://signin.aws.amazon.com/saml/acs/SAMLPAAAABBBBCCCCDDDDF',
    'https://signin.aws.amazon.com/saml/acs/',
    `https://signin.aws.amazon.com/acs/${PROVIDER_ID}`,
    'https://user@signin.aws.amazon.com/saml',
    'https://eu-central-1.x.signin.aws.amazon.com/saml',
    'https://x://signin.aws.amazon.com/saml',
    'https://signin.aws.amazon.com://x/saml',
    'urn:amazon:webservices',
  ])('is refused when it is %s', async (recipient) => {
    expect(await judged({ recipient })).toEqual(refusal('recipient', recipient))
  })

  it('is refused when the response was sent elsewhere, signed or not', async () => {
    const destination = 'https://sp.example.com/saml'
    for (const signs of ['assertion', 'response'] as const)
      expect(await judged({ signs, destination })).toEqual(refusal('recipient', destination))
  })

  it('is enough without a destination', async () => {
    expect(await judged({ rewrite: (xml) => xml.replace(/ Destination="[^"]*"/, '') })).toMatchObject({ ok: true })
  })
})

describe('the conditions', () => {
  const restriction = /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/

  it('may name the deployment as the audience', async () => {
    const audience = 'https://identity.example.com'
    expect(await judged({ audience }, { samlAudiences: [audience] })).toMatchObject({ ok: true })
  })

  it('may name us among others', async () => {
    const rewrite = (xml: string) => xml.replace('<saml:Audience>', '<saml:Audience>other</saml:Audience>$&')
    expect(await judged({ rewrite })).toMatchObject({ ok: true })
  })

  it.each([
    ['another audience', (xml: string) => xml.replace(AUDIENCE, 'urn:other'), 'urn:other'],
    [
      'the sign-in URL of another partition',
      (xml: string) => xml.replace(AUDIENCE, 'https://signin.amazonaws.cn/saml'),
      'https://signin.amazonaws.cn/saml',
    ],
    [
      'an audience of another partition',
      (xml: string) => xml.replace(AUDIENCE, `${AUDIENCE}:govcloud`),
      `${AUDIENCE}:govcloud`,
    ],
    ['no restriction', (xml: string) => xml.replace(restriction, ''), ''],
    ['no audience', (xml: string) => xml.replace(/<saml:Audience>.*<\/saml:Audience>/, ''), ''],
    [
      'two restrictions of which one is for others',
      (xml: string) => xml.replace(restriction, (all) => all + all.replace(AUDIENCE, 'urn:other')),
      `${AUDIENCE} urn:other`,
    ],
    ['no conditions', (xml: string) => xml.replace(/<saml:Conditions.*<\/saml:Conditions>/, ''), ''],
  ])('are refused with %s', async (_what, rewrite, found) => {
    expect(await judged({ rewrite })).toEqual(refusal('audience', found))
  })

  it('may limit an assertion to one use', async () => {
    const rewrite = (xml: string) => xml.replace('</saml:Conditions>', '<saml:OneTimeUse/>$&')
    expect(await judged({ rewrite })).toMatchObject({ ok: true })
  })

  it.each([
    '<saml:ProxyRestriction Count="0"/>',
    '<saml:Condition xsi:type="evil"/>',
    '<x:OneTimeUse xmlns:x="urn:x"/>',
  ])('are refused with one that is not understood: %s', async (condition) => {
    const rewrite = (xml: string) => xml.replace('</saml:Conditions>', `${condition}$&`)
    expect(await judged({ rewrite })).toEqual(refusal('condition'))
  })
})

describe('the time', () => {
  it('of an assertion ends a minute after its end, in milliseconds', async () => {
    const notOnOrAfter = NOW - MINUTE
    expect(await judged({ notOnOrAfter })).toEqual(err({ reason: 'saml_expired', now: NOW, exp: notOnOrAfter }))
    expect(await judged({ notOnOrAfter: notOnOrAfter + 1 })).toMatchObject({
      ok: true,
      value: { saml: { assertion: { expiresAt: NOW + 1 } } },
    })
  })

  it('of its conditions counts as well as that of its confirmation', async () => {
    const past = new Date(NOW - HOUR * 1000).toISOString()
    const rewrite = (xml: string) => xml.replace(/(<saml:Conditions [^>]*NotOnOrAfter=")[^"]*/, `$1${past}`)
    expect(await judged({ rewrite })).toEqual(err({ reason: 'saml_expired', now: NOW, exp: NOW - HOUR * 1000 }))
  })

  it('of its session counts too', async () => {
    const sessionNotOnOrAfter = NOW - MINUTE
    expect(await judged({ sessionNotOnOrAfter })).toEqual(
      err({ reason: 'saml_expired', now: NOW, exp: sessionNotOnOrAfter }),
    )
    expect(await judged({ sessionNotOnOrAfter: NOW + MINUTE })).toMatchObject({
      ok: true,
      value: { saml: { assertion: { expiresAt: NOW + 2 * MINUTE } } },
    })
  })

  it('of an assertion begins a minute before its beginning', async () => {
    const notBefore = NOW + MINUTE
    expect(await judged({ notBefore })).toMatchObject({ ok: true })
    expect(await judged({ notBefore: notBefore + 1 })).toEqual(
      err({ reason: 'saml_not_yet_valid', now: NOW, from: notBefore + 1 }),
    )
  })

  it.each(['', 'tomorrow', '2099-01-01', '2099-01-01T00:00:00', '2099-01-01T00:00:00+01:00', '2099-13-01T00:00:00Z'])(
    'is refused when it is written %j',
    async (text) => {
      const rewrite = (xml: string) => xml.replace(/(Data NotOnOrAfter=")[^"]*/, `$1${text}`)
      expect(await judged({ rewrite })).toEqual(refusal('time'))
    },
  )

  it('may have fractions of any length', async () => {
    const rewrite = (xml: string) => xml.replace(/(Data NotOnOrAfter=")[^"]*/, '$12099-01-01T00:00:00.0000000Z')
    expect(await judged({ rewrite })).toMatchObject({ ok: true })
  })
})

describe('the authentication', () => {
  const statement = /<saml:AuthnStatement.*<\/saml:AuthnStatement>/

  it('must be told of', async () => {
    expect(await judged({ rewrite: (xml) => xml.replace(statement, '') })).toEqual(refusal('no_authentication'))
  })

  it('need not have an end', async () => {
    const rewrite = (xml: string) => xml.replace(/ SessionNotOnOrAfter="[^"]*"/, '')
    expect(await judged({ rewrite })).toMatchObject({ ok: true })
  })
})

describe('the NameID', () => {
  const name = /<saml:NameID.*<\/saml:NameID>/

  it.each([
    ['is missing', (xml: string) => xml.replace(name, '')],
    ['is there twice', (xml: string) => xml.replace(name, '$&$&')],
    ['is empty', (xml: string) => xml.replace('>alice<', '><')],
    ['is encrypted', (xml: string) => xml.replaceAll('saml:NameID', 'saml:EncryptedID')],
    ['holds an element', (xml: string) => xml.replace('>alice<', '>al<b/>ice<')],
    ['has a line break', (xml: string) => xml.replace('>alice<', '>\nalice<')],
    ['is too long', (xml: string) => xml.replace('>alice<', `>${'a'.repeat(256)}<`)],
  ])('is refused when it %s', async (_what, rewrite) => {
    expect(await judged({ rewrite })).toEqual(refusal('name_id'))
  })

  it('is taken whole, as it stands', async () => {
    for (const nameId of [' alice ', 'a'.repeat(255), 'alice@example.com', 'Ж & <b>'])
      expect(await judged({ nameId })).toMatchObject({ ok: true, value: { subject: nameId } })
  })

  it('that is for one login only is accepted with a warning', async () => {
    const nameIdFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
    const { verifier, logged } = testBed()
    const trusted = { kind: 'saml', arn: ARN, id: PROVIDER_ID, metadata: bed.metadata, partition: 'aws' } as const
    const token = encode(await bed.idp.respond({ nameIdFormat }))
    expect(await verifier.verify({ provider: ARN, token }, [trusted])).toMatchObject({ ok: true })
    expect(logged).toEqual([{ event: 'saml_transient_name_id', fields: { provider: ARN } }])
  })
})

describe('attributes', () => {
  const claimsOf = async (attributes: Record<string, readonly string[]>) => {
    const judgement = await judged({ attributes })
    return judgement.ok ? judgement.value : judgement
  }

  it('never stand in for who it is, from whom and for whom', async () => {
    const attributes = { iss: ['x'], sub: ['x'], aud: ['x'], __proto__: ['x'], constructor: ['y'] }
    const { claims } = (await claimsOf(attributes)) as { claims: object }
    expect(claims).toEqual({ iss: ENTITY_ID, sub: 'alice', aud: SIGN_IN, constructor: 'y' })
  })

  it('of one name are one attribute, and a value that is no text is none', async () => {
    const rewrite = (xml: string) =>
      xml
        .replace(
          '</saml:AttributeStatement>',
          (end) => `<saml:Attribute Name="a"><saml:AttributeValue>3</saml:AttributeValue></saml:Attribute>${end}`,
        )
        .replace('>2<', '><b>2</b><')
    expect(await judged({ attributes: { a: ['1', '2'] }, rewrite })).toMatchObject({
      ok: true,
      value: { claims: { a: ['1', '3'] } },
    })
  })

  it('offer roles in either order, through this provider alone', async () => {
    const other = 'arn:aws:iam::111111111111:saml-provider/idp'
    const value = [
      `${role('a')},${ARN}`,
      `${ARN}, ${role('path/b,c')}`,
      `arn:aws:iam::111111111111:role/d,${other}`,
      `${role('e')},${ARN},${ARN}`,
      `${role('f')}`,
      `${ARN},${ARN}`,
      'nonsense',
      '',
    ]
    expect(await claimsOf({ [ROLE]: value })).toMatchObject({
      saml: {
        roles: [
          { roleArn: role('a'), providerArn: ARN },
          { roleArn: role('path/b,c'), providerArn: ARN },
        ],
      },
    })
  })
})
