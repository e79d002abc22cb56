import { parseArn } from '../base/arn.ts'
import { MAX_ROLE_ARN_CHARS } from './limits.ts'

export interface RoleArn {
  partition: string
  /** 12 digits. */
  account: string
  /** Without its path. */
  name: string
}

const PARTITION = /^aws(-[a-z]+)*$/
const ACCOUNT = /^\d{12}$/
const ROLE = /^role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/

/** The parts of an IAM role ARN of AWS's form, or `undefined` for any other text. */
export function parseRoleArn(text: string): RoleArn | undefined {
  if (text.length > MAX_ROLE_ARN_CHARS) return undefined
  const arn = parseArn(text)
  if (arn?.service !== 'iam' || arn.region !== '' || !PARTITION.test(arn.partition) || !ACCOUNT.test(arn.account))
    return undefined
  const name = ROLE.exec(arn.resource)?.[1]
  return name === undefined ? undefined : { partition: arn.partition, account: arn.account, name }
}

/** The ARN of a session of `role`. It names the role without its path, as AWS's do. */
export function assumedRoleArn(role: RoleArn, sessionName: string): string {
  return `arn:${role.partition}:sts::${role.account}:assumed-role/${role.name}/${sessionName}`
}
