import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { newIdentityId, newPoolId } from '../../src/base/ids.ts'
import { OtherVersion } from '../../src/base/objects.ts'
import { exportIdentities, Pools, uuidOf } from '../../src/pools/index.ts'
import { RELEASES, runBy } from '../support/older-builds.ts'
import { countsOf, exported, importer } from './backup-support.ts'
import { ACCOUNT, evict, publicLogin, REGION, SETTINGS, TestPool, world } from './support.ts'

describe.each([...RELEASES])('beside %s', (_, build) => {
  const ana = publicLogin('idp', 'ana')
  const made = async () => {
    const before = new Pools(runBy(env.IDENTITY_POOL, build.IdentityPool), world)
    const id = newPoolId(REGION, world)
    await before.create(id, ACCOUNT, SETTINGS, 'op')
    const signIn = (logins: (typeof ana)[], identity?: ReturnType<typeof newIdentityId>) =>
      before.withSettings(id, (pool) =>
        before.resolve(pool, { logins, identity, fresh: newIdentityId(id, world), once: undefined }),
      )
    return { before, id, signIn }
  }

  it('objects of then export nothing, and say that they are older; what they made is exported by those of today', async () => {
    const { before, id, signIn } = await made()
    const user = await signIn([ana])
    const guest = await signIn([])
    await expect(exportIdentities(before, id, ACCOUNT, { after: '', limit: 9 })).rejects.toBeInstanceOf(OtherVersion)
    await evict(id.tag)
    const all = await exported(id)
    expect(all.map(({ logins, state, uuid }) => [uuid, state, logins.map(({ subject }) => subject)])).toEqual(
      [
        [user.kind === 'identity' && user.uuid, 'member', ['ana']],
        [guest.kind === 'identity' && guest.uuid, 'guest', []],
      ].toSorted(),
    )
  })

  it('objects of then let nobody in between while an import runs, and Workers of then are refused', async () => {
    const { before, id, signIn } = await made()
    await evict(id.tag)
    const into = importer(id)
    expect(await into.begin()).toMatchObject({ kind: 'importing' })
    const identity = newIdentityId(id, world)
    const all = [
      { uuid: uuidOf(identity), state: 'member', createdAt: 1, modifiedAt: 1, logins: [{ ...ana }] } as const,
    ]
    await into.page(2, all)
    const dump = await new TestPool(id).dump()
    await expect(signIn([publicLogin('idp', 'ben')])).rejects.toThrow(/being imported/)
    await expect(signIn([ana, publicLogin('idp-2', 'ana')], identity)).rejects.toThrow(/being imported/)
    await expect(before.deleteIdentities([identity], ACCOUNT)).rejects.toThrow(/being imported/)
    await expect(before.delete(id, ACCOUNT, 'end')).rejects.toThrow(/being imported/)
    expect(await signIn([ana])).toMatchObject({ uuid: uuidOf(identity) })
    const theirs = new build.Pools(env.IDENTITY_POOL)
    const call = { logins: [publicLogin('idp', 'ben')], fresh: newIdentityId(id, world), once: undefined }
    await expect(theirs.withSettings(id, (pool: object) => theirs.resolve(pool, call))).rejects.toThrow(
      /being imported/,
    )
    expect(await new TestPool(id).dump()).toEqual(dump)
    await evict(id.tag)
    expect(await into.finish(countsOf(all))).toEqual({ kind: 'done' })
    expect(await signIn([publicLogin('idp', 'ben')])).toMatchObject({ kind: 'identity' })
  })
})
