/** A request as it arrived. */
export interface SignedRequest {
  method: string
  url: URL
  headers: Headers
  /** The very bytes that were received. */
  body: Uint8Array<ArrayBuffer>
}
