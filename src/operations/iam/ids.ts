import { base32Characters } from '../../base/base32.ts'
import type { World } from '../../base/world.ts'

/** A unique id as IAM makes them: a prefix that tells the kind, and 17 random letters and digits. */
export function uniqueId(prefix: string, world: World): string {
  return prefix + base32Characters(world.random(17))
}
