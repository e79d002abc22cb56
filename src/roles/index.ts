export { type ChosenBy, chooseRole, type LoginClaims, type RoleChoice, type RoleSettings } from './choose.ts'
export { type TagMap, tagsOf } from './principal-tags.ts'
