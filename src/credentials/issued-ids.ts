import { base32 } from '../base/base32.ts'
import { sha256, utf8 } from '../base/bytes.ts'
import type { World } from '../base/world.ts'

/** A fresh access key id of a temporary credential: `ASIA` and 80 random bits (IAM User Guide, "IAM identifiers"). */
export function newAccessKeyId(world: Pick<World, 'random'>): string {
  return `ASIA${base32(world.random(10))}`
}

/** A fresh secret: 240 random bits, as 40 characters of base64. */
export function newSecretAccessKey(world: Pick<World, 'random'>): string {
  return world.random(30).toBase64()
}

/** The role id of a role that nobody registered: always the same for the same ARN, so that sessions stay comparable. */
export async function roleIdOf(roleArn: string): Promise<string> {
  return `AROA${base32(await sha256(utf8(roleArn))).slice(0, 17)}`
}
