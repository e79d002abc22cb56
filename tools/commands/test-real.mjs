import { command } from '../lib/bootstrap.mjs'

const HELP = `Starts real stores on this machine and holds what the service hands out against them: npm run test:real -- [TARGET…] [options]

  seaweedfs   SeaweedFS: the program weed, on the PATH or in the bin folder of Go
  ceph        Ceph RGW: the programs ceph-mon, ceph-osd and radosgw, on the PATH or below the folder CEPH_ROOT
  minio       MinIO: the program minio, in the same places as weed
  moto        moto: the program moto_server

Without a target: all of them. What is not installed is skipped, with the reason. The end says what ran against which version.

  --help      this text

Other options are those of vitest.`

await command(HELP, () => import('../lib/test-real.ts'))
