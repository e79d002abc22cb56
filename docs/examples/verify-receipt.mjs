// Verifies the receipt of an erasure with jose alone, and prints what it says:
//   node docs/examples/verify-receipt.mjs https://identity.example.com receipt.jwt
import { readFileSync } from 'node:fs'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [issuer = '', file = ''] = process.argv.slice(2)
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/erasure-keys`))
const receipt = readFileSync(file, 'utf8').trim()
const { payload } = await jwtVerify(receipt, keys, { issuer, typ: 'erasure-receipt+jwt', algorithms: ['EdDSA'] })
process.stdout.write(`${JSON.stringify(payload, null, 2)}\n`)
