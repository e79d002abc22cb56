/** A claim's values as texts: of a list, its elements'; of an object, none. */
export function textsOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.flatMap(textsOf)
  return ['string', 'number', 'boolean'].includes(typeof claim) ? [String(claim)] : []
}
