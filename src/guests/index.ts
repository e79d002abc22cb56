/** What shows that a guest is worth making: work or Turnstile, and the pass that is given for it. */
export type { GuestKeys } from './keys.ts'
export { MAX_PASS_CHARS, MAX_TURNSTILE_CHARS, MAX_WORK_CHARS, PASS_SECONDS, PASS_USES } from './limits.ts'
export { networkHash, providerHash } from './networks.ts'
export { type GuestPass, openPass, type PassRefused, sealPass } from './pass.ts'
export { checkTurnstile, type TurnstileRefused, type TurnstileWidget, turnstileName } from './turnstile.ts'
export { type Asker, checkWork, workChallenge } from './work.ts'
