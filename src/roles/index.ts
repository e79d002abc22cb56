export { chooseRole, type LoginClaims, type RoleChoice, type RoleSettings } from './choose.ts'
