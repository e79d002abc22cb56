// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of grants are written this way
import { describe, expect, it } from 'vitest'
import { parseR2Grant } from '../../../src/credentials/index.ts'
import { MAX_ROLE_ARN_CHARS } from '../../../src/credentials/limits.ts'
import { ACCOUNT, GRANT, grant } from './support.ts'

const sub = { kind: 'sub', name: 'sub' }
const text = (value: string) => ({ kind: 'text', text: value })
const tag = (key: string) => ({ kind: 'tag', name: `aws:PrincipalTag/${key}`, key })

describe('an R2 grant', () => {
  it('has a bucket, a preset of permissions and a path', () => {
    expect(parseR2Grant(GRANT)).toEqual({
      ok: true,
      value: {
        arn: GRANT,
        account: ACCOUNT,
        bucket: 'photos',
        permitted: { scope: 'object-read-write' },
        path: [[text('users')], [sub]],
      },
    })
  })

  it('is read once, however many texts that are none are looked at', () => {
    const first = parseR2Grant(GRANT)
    for (let n = 0; n < 300; n++) parseR2Grant(grant('object-read-only', `${n}/`))
    expect(parseR2Grant(GRANT)).toBe(first)
  })

  it('lists actions in the order of its author', () => {
    const found = parseR2Grant(grant('GetObject+PutObject+ListObjectsV2', '${sub}/'))
    expect(found).toMatchObject({
      value: { permitted: { actions: ['GetObject', 'PutObject', 'ListObjectsV2'] }, path: [[sub]] },
    })
  })

  it.each([
    ['the id within a segment', 'u-${sub}-x/', [[text('u-'), sub, text('-x')]]],
    ['the id twice', '${sub}/${sub}.${sub}/', [[sub], [sub, text('.'), sub]]],
    ['tags beside each other', '${aws:PrincipalTag/a}${aws:PrincipalTag/b}/${sub}/', [[tag('a'), tag('b')], [sub]]],
    ['a tag whose key has a slash', '${aws:PrincipalTag/a/b}/${sub}/', [[tag('a/b')], [sub]]],
    ['dots within segments', '.a/b./..c/...${aws:PrincipalTag/a}/${sub}/', expect.anything()],
    ['colons, blanks and letters of any script', 'Grün 7/日本:語/हिन्दी/${sub}/', expect.anything()],
    ['the longest text', `${'x'.repeat(768 - 57)}/\${sub}/`, expect.anything()],
  ])('takes a path with %s', (_, path, expected) => {
    expect(parseR2Grant(grant('object-read-only', path))).toMatchObject({ ok: true, value: { path: expected } })
  })

  it.each([
    ['nothing', ''],
    ['a role', `arn:aws:iam::${ACCOUNT}:role/Reader`],
    ['a bucket of S3', 'arn:aws:s3:::photos'],
    ['a grant of another service', GRANT.replace(':r2:', ':r3:')],
    ['text in front', ` ${GRANT}`],
    ['four parts', 'arn:aws:r2:'],
  ])('is not what %s is', (_, arn) => {
    expect(parseR2Grant(arn)).toBeUndefined()
  })

  it.each([
    ['another partition', GRANT.replace('aws', 'aws-cn'), 'the ARN must begin with'],
    ['a region', GRANT.replace('::', ':auto:'), 'the ARN must begin with'],
    ['no account', GRANT.replace(ACCOUNT, ''), 'the ARN must begin with'],
    ["Cloudflare's account", GRANT.replace(ACCOUNT, '0123456789abcdef0123456789abcdef'), 'the ARN must begin with'],
    ['another resource', GRANT.replace('grant/', 'role/'), 'the ARN must end in grant/'],
    ['no path', `arn:aws:r2::${ACCOUNT}:grant/photos/object-read-only`, 'the ARN must end in grant/'],
    ['a short bucket name', grant('object-read-only', '${sub}/', 'ab'), 'the bucket must have'],
    ['a long bucket name', grant('object-read-only', '${sub}/', 'a'.repeat(64)), 'the bucket must have'],
    ['a bucket in capitals', grant('object-read-only', '${sub}/', 'Photos'), 'the bucket must have'],
    ['a bucket that ends in a hyphen', grant('object-read-only', '${sub}/', 'photos-'), 'the bucket must have'],
    ['any bucket', grant('object-read-only', '${sub}/', '*'), 'the bucket must have'],
    ['a bucket that is a variable', grant('object-read-only', '${sub}/', '${sub}'), 'the bucket must have'],
    ['too many characters', grant('object-read-only', `${'x'.repeat(MAX_ROLE_ARN_CHARS)}/\${sub}/`), 'at most 2048'],
  ])('may not have %s', (_, arn, why) => {
    expect(parseR2Grant(arn)).toEqual(invalid(why))
  })

  it.each([
    ['to administer', 'admin-read-write', 'admin permissions'],
    ['to administer, reading', 'admin-read-only', 'admin permissions'],
    ['nothing', '', '"" is neither'],
    ['an action of S3 that R2 does not list', 'GetObject+PutBucketCors', '"PutBucketCors" is neither'],
    ['an action in lower case', 'getobject', '"getobject" is neither'],
    ['all actions', '*', '"*" is neither'],
    ['an action and a preset', 'GetObject+object-read-write', '"object-read-write" is neither'],
    ['an action and nothing', 'GetObject+', '"" is neither'],
    ['a property of objects', 'constructor', '"constructor" is neither'],
    ['a long text, which is cut', 'x'.repeat(99), `"${'x'.repeat(40)}" is neither`],
    ['an action twice', 'GetObject+PutObject+GetObject', 'an action is named twice'],
  ])('may not permit %s', (_, what, why) => {
    expect(parseR2Grant(grant(what, '${sub}/'))).toEqual(invalid(why))
  })

  it.each([
    ['nothing', '', 'must end in "/"'],
    ['no slash at its end', 'users/${sub}', 'must end in "/"'],
    ['the root', '/', 'no segment'],
    ['a slash at its beginning', '/users/${sub}/', 'no segment'],
    ['an empty segment', 'users//${sub}/', 'no segment'],
    ['an empty last segment', '${sub}//', 'no segment'],
    ['a dot', './${sub}/', 'no segment'],
    ['two dots', 'users/../${sub}/', 'no segment'],
    ['white space before a segment', ' users/${sub}/', 'no segment'],
    ['white space behind a segment', 'users\u00a0/${sub}/', 'no segment'],
    ['white space behind a variable', '${aws:PrincipalTag/a} /${sub}/', 'no segment'],
    ['text that is not NFC', 'Gru\u0308n/${sub}/', 'no segment'],
    ['a mark behind the id', '${sub}\u0301/', 'no segment'],
    ['a mark behind a tag', '${aws:PrincipalTag/a}\u0301/${sub}/', 'no segment'],
    ['no variable', 'users/', 'must contain ${sub}'],
    ['tags alone', '${aws:PrincipalTag/a}/', 'must contain ${sub}'],
    ['a tag before the id', '${aws:PrincipalTag/a}${sub}/', 'a segment with ${sub} may not hold a tag'],
    ['a tag behind the id, with text between', '${sub}-${aws:PrincipalTag/a}/', 'a segment with ${sub} may not hold'],
    ['a tag beside one of two ids', '${sub}/${sub}${aws:PrincipalTag/a}/', 'a segment with ${sub} may not hold a tag'],
    ['another variable', '${aws:userid}/${sub}/', 'a variable must be'],
    ['an empty variable', '${}/${sub}/', 'a variable must be'],
    ['the id in capitals', '${SUB}/', 'a variable must be'],
    ['a variable in other case', '${aws:principaltag/a}/${sub}/', 'a variable must be'],
    ['a tag without a key', '${aws:PrincipalTag/}/${sub}/', 'a variable must be'],
    ['a tag with a long key', `\${aws:PrincipalTag/${'a'.repeat(129)}}/\${sub}/`, 'a variable must be'],
    ['a default value', "${aws:PrincipalTag/a, 'x*'}/${sub}/", 'a variable must be'],
    ['a variable that is not closed', '${sub}/${sub/', 'control characters or any of'],
    ['a variable that is not opened', 'sub}/${sub}/', 'control characters or any of'],
    ['a variable in a variable', '${${sub}}/', 'control characters or any of'],
    ['a dollar', 'a$/${sub}/', 'control characters or any of'],
    ['an asterisk', 'users*/${sub}/', 'control characters or any of'],
    ['a question mark', 'users?/${sub}/', 'control characters or any of'],
    ['a backslash', 'a\\b/${sub}/', 'control characters or any of'],
    ['an escape', 'a%2Fb/${sub}/', 'control characters or any of'],
    ['a line feed', 'a\n/${sub}/', 'control characters or any of'],
    ['a zero', 'a\u0000/${sub}/', 'control characters or any of'],
    ['a line separator', 'a\u2028b/${sub}/', 'control characters or any of'],
    ['an invisible character', 'a\u200bb/${sub}/', 'control characters or any of'],
    ['half a character', 'a\ud800b/${sub}/', 'control characters or any of'],
    ['too much text', `${'x'.repeat(768 - 56)}/\${sub}/`, 'must fit into 768 bytes'],
    ['too much text by bytes', `${'ü'.repeat(400)}/\${sub}/`, 'must fit into 768 bytes'],
  ])('may not have a path with %s', (_, path, why) => {
    expect(parseR2Grant(grant('object-read-only', path))).toEqual(invalid(why))
  })
})

function invalid(why: string) {
  return { ok: false, error: { reason: 'r2_grant_invalid', why: expect.stringContaining(why) } }
}
