import { freePort } from '../../../tools/lib/local-service.ts'
import { enterWorkplace } from '../../conformance/support/workplace.ts'
import type { Program } from './programs.ts'
import { type Cluster, startCluster, startGateway } from './seaweedfs.ts'
import { type IamConfig, iamConfig, ROLES } from './seaweedfs-page.ts'
import { type StorePool, startStorePool } from './store-pool.ts'

/** A service whose STS is the gateway that is just being tried. */
export interface GatewayBench extends StorePool {
  cluster: Cluster
  /** Of the gateway. */
  storeUrl: string
  /** The file of the page. */
  config(): IamConfig
  /** Does something while a gateway runs with this file, or with none. */
  withGateway(config: IamConfig | undefined, work: (gateway: Program) => Promise<void>): Promise<void>
}

export async function startGatewayBench(): Promise<GatewayBench> {
  const place = await enterWorkplace()
  const ends: (() => Promise<unknown>)[] = [() => place.leave()]
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const port = await freePort()
    const storeUrl = `http://127.0.0.1:${port}`
    const pool = await startStorePool({ stsEndpoint: storeUrl, profile: 'seaweedfs', roles: ROLES })
    ends.push(() => pool.stop())
    const cluster = await startCluster(place.folder)
    ends.push(() => cluster.stop())
    const withGateway: GatewayBench['withGateway'] = async (config, work) => {
      const gateway = await startGateway(cluster, port, config)
      await work(gateway).finally(() => gateway.stop())
    }
    const config = () => iamConfig({ issuer: pool.service.url, pool: pool.pool })
    return { ...pool, cluster, storeUrl, config, withGateway, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
