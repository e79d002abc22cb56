import { signal } from '@preact/signals'
import { type AccessKey, callQuery, type Signer, signerOf, type XmlValue } from '../calls/index.ts'

/** Who uses the console. It is in the memory of this tab, and ends with it. */
export interface Session {
  signer: Signer
  /** ARN and account, as the service tells them. */
  arn: string
  account: string
  /** When the access key ends, in milliseconds since the epoch; nothing if it is one of the settings. */
  endsAt?: number | undefined
}

/** Minutes without a key or a pointer, after which the session is forgotten. */
export const IDLE_MINUTES = 15

export const session = signal<Session | undefined>(undefined)

/** Why the last session ended, for whoever has to sign in again. */
export const whyEnded = signal<string | undefined>(undefined)

/** GetCallerIdentity is the same in every region. */
const ANY_REGION = 'us-east-1'

let usedAt = 0
let watch: ReturnType<typeof setInterval> | undefined

/** Opens a session, if the service knows the access key. Throws `Refused`. */
export async function open(key: AccessKey, endsAt?: number): Promise<void> {
  const signer = await signerOf(key)
  const caller = (await callQuery('sts', 'GetCallerIdentity', {}, { signer, region: ANY_REGION })) as Record<
    string,
    XmlValue
  >
  session.value = { signer, arn: String(caller.Arn), account: String(caller.Account), endsAt }
  whyEnded.value = undefined
  usedAt = Date.now()
  for (const event of ['keydown', 'pointerdown']) addEventListener(event, noteUse)
  watch ??= setInterval(checkEnd, 5_000)
}

export function end(why?: string): void {
  session.value = undefined
  whyEnded.value = why
  clearInterval(watch)
  watch = undefined
  for (const event of ['keydown', 'pointerdown']) removeEventListener(event, noteUse)
}

function noteUse(): void {
  // A machine that slept wakes by a key, and no timer has run meanwhile.
  checkEnd()
  usedAt = Date.now()
}

function checkEnd(): void {
  const now = Date.now()
  if (now - usedAt > IDLE_MINUTES * 60_000) end(`Nothing was done for ${IDLE_MINUTES} minutes.`)
  else if (session.value?.endsAt !== undefined && now > session.value.endsAt) end('The session came to its end.')
}
