/** How long past its `exp` a token is still taken, as AWS STS allows for clocks that differ. */
export const CLOCK_TOLERANCE_SECONDS = 300
