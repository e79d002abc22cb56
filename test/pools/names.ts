import type { ProvenLogin } from '../../src/pools/index.ts'

export const REGION = 'us-east-1'
export const ACCOUNT = '000000000000'

export function publicLogin(provider: string, subject: string): ProvenLogin {
  return { provider, subject, developer: false }
}

export function developerUser(subject: string, provider = 'login.shop'): ProvenLogin {
  return { provider, subject, developer: true }
}
