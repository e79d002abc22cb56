/** User pools that one identity pool may list, AWS's quota before any increase. */
export const MAX_USER_POOLS = 50

/** Regions of AWS STS of one pool: enough for every continent. Each fetches our keys for itself, so more of them are colder. */
export const MAX_STS_REGIONS = 9

/** Places that the objects of a pool may be in: one is no choice, and more than nine are near to somebody else's. */
export const MIN_PLACES = 2
export const MAX_PLACES = 9

/** Rules of one role mapping, AWS's quota; the API model itself would allow 400. */
export const MAX_RULES = 25

/** Relying parties of one pool. More of them are better told apart by what they grant than by audiences. */
export const MAX_TOKEN_AUDIENCES = 20
