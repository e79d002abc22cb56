import { afterAll, beforeAll, describe, it } from 'vitest'
import type { CounterpartMeta } from '../../tools/lib/counterparts-reporter.ts'
import { ADMIN, missing, startCluster, startGateway, versionOf, weed } from './support/seaweedfs.ts'
import { type GatewayBench, startGatewayBench } from './support/seaweedfs-bench.ts'
import { SEAWEEDFS_CHECKS } from './support/seaweedfs-checks.ts'
import { FILE_CHECKS, fillCluster } from './support/seaweedfs-files.ts'
import { iamConfig, ROLES } from './support/seaweedfs-page.ts'
import { storeChecks } from './support/store-checks.ts'
import type { RunningStore, WantedStore } from './support/store-target.ts'

async function start(wanted: WantedStore): Promise<RunningStore> {
  const cluster = await startCluster(wanted.folder)
  const gateway = await startGateway(cluster, wanted.port, iamConfig(wanted)).catch(async (error: unknown) => {
    await cluster.stop()
    throw error
  })
  const stop = async () => void (await Promise.all([gateway.stop(), cluster.stop()]))
  return { ...gateway, stop, admin: ADMIN, version: await versionOf(weed ?? '') }
}

storeChecks(
  {
    name: 'SeaweedFS',
    missing,
    profile: 'seaweedfs',
    roles: ROLES,
    codes: { expired: 'ExpiredTokenException', forged: 'InvalidParameterValue', untrusted: 'AccessDenied' },
    start,
  },
  SEAWEEDFS_CHECKS,
)

describe('A gateway of SeaweedFS with another file', () => {
  let bench: GatewayBench | undefined
  let counterpart = `skipped: ${missing}`
  beforeAll(async () => {
    if (weed === undefined) return
    counterpart = await versionOf(weed)
    bench = await startGatewayBench()
    await fillCluster(bench)
  })
  afterAll(() => bench?.stop())

  it.for(Object.entries(FILE_CHECKS))('%s', async ([, check], context) => {
    const meta: CounterpartMeta = { counterpart }
    Object.assign(context.task.meta, meta)
    if (!bench) return context.skip(missing)
    await check(bench)
  })
})
