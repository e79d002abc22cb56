/** What one seeding call adds: guests, or users of `provider`. Every `stride`-th is in the answer. */
export interface Seeding {
  poolId: string
  provider?: string
  from: number
  count: number
  stride: number
}

export interface Seeded {
  /** UUIDs. */
  sample: string[]
  /** Of the database. */
  bytes: number
}
