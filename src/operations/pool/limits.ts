/** User pools that one identity pool may list, AWS's quota before any increase. */
export const MAX_USER_POOLS = 50
