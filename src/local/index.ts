/** What local mode alone has, for tests: an account for each key, accounts that are set back, and faults on demand. */
export { LOCAL_ACCOUNTS, LocalAccessKeys } from './access-keys.ts'
export { InjectedFaults, type NotInjectable } from './injected-faults.ts'
export { resettable } from './resettable.ts'
export { ResettableAccounts } from './resettable-accounts.ts'
