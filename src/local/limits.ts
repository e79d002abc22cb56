/** Faults that may wait for calls in one account: no test needs more, and a forgotten loop is noticed. */
export const MAX_INJECTED_FAULTS = 100
