/** What the Workers runtime has and Node does not, as far as files of `src` use it that tools import. */
interface SubtleCrypto {
  timingSafeEqual(left: ArrayBufferView, right: ArrayBufferView): boolean
}
