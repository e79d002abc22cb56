/** Of Cloudflare's platform, in a file of the service that one which the console shares imports. The console does not call it. */
interface SubtleCrypto {
  timingSafeEqual(a: BufferSource, b: BufferSource): boolean
}
