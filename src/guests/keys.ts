/** What guests are kept in check with. Each key serves one purpose. */
export interface GuestKeys {
  /** Signs challenges. */
  challenges: string
  /** Signs what a challenge is solved by. */
  solutions: string
  /** 256 bits for AES-GCM: seals passes. */
  passes: CryptoKey
  /** HMAC-SHA-256: hides whose network an address is of. */
  networks: CryptoKey
}
