/** Where a pool gives a role out. */
export interface GivenRole {
  arn: string
  /** Whom to: the value of `amr` in tokens of the pool. */
  to: 'authenticated' | 'unauthenticated'
}

/** The name of a role; of a grant of R2, or another text, all of it. */
export const roleName = (arn: string) => (isRole(arn) ? arn.slice(arn.lastIndexOf('/') + 1) : arn)

/** Whether IAM keeps it: a grant of R2 is no role of IAM's. */
export const isRole = (arn: string) => /^arn:[\w-]+:iam::\d*:role\//.test(arn)
