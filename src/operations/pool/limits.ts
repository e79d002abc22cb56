/** User pools that one identity pool may list, AWS's quota before any increase. */
export const MAX_USER_POOLS = 50

/** Regions of AWS STS of one pool: enough for every continent. Each fetches our keys for itself, so more of them are colder. */
export const MAX_STS_REGIONS = 9
