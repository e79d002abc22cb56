export { IdentityPage } from './detail.tsx'
export { Identities } from './identities.tsx'
