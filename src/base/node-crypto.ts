/// <reference path="./node-crypto-of-workers.d.ts" />
/** What this module asks of the runtime, which has it as Node has. */
declare const process: { getBuiltinModule(name: 'node:crypto'): NodeCrypto }

type NodeCrypto = typeof import('node:crypto')

/** The key of a certificate. */
export type CertifiedKey = InstanceType<NodeCrypto['X509Certificate']>['publicKey']

let loaded: NodeCrypto | undefined

/**
 * Node's `crypto`, where WebCrypto will not do: it knows no X.509, and hashes no text within one turn. It is loaded by its first use: an
 * import would be loaded at the start, which took a tenth of it.
 */
export function nodeCrypto(): NodeCrypto {
  loaded ??= process.getBuiltinModule('node:crypto')
  return loaded
}
