/** What workerd has of byte arrays, and Node 20 to 24 have not: for parts of tests that run in both. Import it first. */
Uint8Array.fromHex ??= (text) => Uint8Array.from(Buffer.from(text, 'hex'))
Uint8Array.fromBase64 ??= (text) => Uint8Array.from(Buffer.from(text, 'base64'))
Uint8Array.prototype.toBase64 ??= function (this: Uint8Array) {
  return Buffer.from(this).toString('base64')
}
