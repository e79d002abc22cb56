import { cephGatewayChecks } from './support/ceph-gateway-checks.ts'
import { cephOldChecks, needingTokens } from './support/ceph-old-checks.ts'
import { cephRoleChecks } from './support/ceph-role-checks.ts'
import { CEPH_MISSING, CEPH_VERSION, type CephStore, startCephStore } from './support/ceph-store.ts'
import { storeChecks } from './support/store-checks.ts'

let started: CephStore | undefined
const store = () => {
  if (!started) throw new Error('Ceph was not started.')
  return started
}

/** The last release that reads only keys with a certificate. What stands between it and 20.2 is held to what 20.2 does. */
const LAST_OLD_RELEASE = 18
const isOld = CEPH_VERSION !== undefined && Number.parseInt(CEPH_VERSION, 10) <= LAST_OLD_RELEASE

storeChecks(
  {
    name: 'Ceph RGW',
    missing: CEPH_MISSING,
    profile: 'ceph',
    roles: { Users: 'arn:aws:iam:::role/Users', Guests: 'arn:aws:iam:::role/Guests' },
    codes: { expired: 'AccessDenied', forged: 'AccessDenied', untrusted: 'AccessDenied' },
    ...(isOld && { cannot: needingTokens(`Ceph ${CEPH_VERSION} refuses the tokens of this service`) }),
    async start(wanted) {
      started = await startCephStore(wanted)
      return started
    },
  },
  isOld ? cephOldChecks(store) : { ...cephRoleChecks(store), ...cephGatewayChecks(store) },
)
