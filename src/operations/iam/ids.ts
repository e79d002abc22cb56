import type { World } from '../../base/world.ts'

/** A unique id as IAM makes them: a prefix that tells the kind, and 17 random letters and digits. */
export function uniqueId(prefix: string, world: World): string {
  const random = [...world.random(17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31])
  return prefix + random.join('')
}
