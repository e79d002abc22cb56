/** What everybody knows of local mode, and which hosts it serves. */
import { hostname } from 'node:os'

/** The one access key of local mode, with its account and the region that everything here uses. */
export const LOCAL_KEY = { accessKeyId: 'test', secretAccessKey: 'test' }
export const LOCAL_ACCOUNT = '000000000000'
export const LOCAL_REGION = 'us-east-1'

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/
const ANY_ADDRESS = ['0.0.0.0', '::', '*']

/**
 * Whether others than this machine reach a service that listens on this address.
 *
 * @param {string} host
 */
export function isOpenToOthers(host) {
  return !LOOPBACK.test(host)
}

/**
 * What LOCAL_HOSTS has to be so that a service which listens on this address is reached by it: local mode answers to no
 * other names, because a page on the web could otherwise point a name of its own at it.
 *
 * @param {string} host
 * @param {string} [further] names besides, separated by commas
 * @returns {string} empty for none
 */
export function localHosts(host, further = '') {
  const own = ANY_ADDRESS.includes(host) ? hostname().toLowerCase() : isOpenToOthers(host) ? host.toLowerCase() : ''
  const all = [own, ...further.split(',').map((name) => name.trim())].filter(Boolean)
  return [...new Set(all)].join(',')
}
