const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes in base32 (RFC 4648) without padding, five bits a character. What is left at the end of them is dropped. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((buffer >> (bits - 5)) & 31)
  }
  return text
}

/** One character of base32 for each byte, by its lower five bits: for ids that are to have as many characters as bytes. */
export function base32Characters(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ALPHABET.charAt(byte & 31)).join('')
}
