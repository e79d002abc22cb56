import { CopyBlock, Facts, Moment } from '../../parts/index.ts'

/** What was given out before and cannot be recalled (docs/operating.md#stopping-a-user). Times are seconds since the epoch. */
export interface StillValid {
  CredentialsUntil: number
  TokensUntil?: number
  StillValidUntil: number
  DenyStatement: string
}

/** Until when what was given out still counts, and what ends it at AWS. */
export function WhatIsStillValid({ of }: { of: StillValid }) {
  const { CredentialsUntil, DenyStatement, StillValidUntil, TokensUntil } = of
  return (
    <>
      <h3>What is still valid</h3>
      <p>Nobody can recall what was given out before:</p>
      <Facts
        of={[
          ['Credentials end', <Exact key="credentials" at={CredentialsUntil} />],
          ['Tokens end', TokensUntil === undefined ? 'this pool gives out none' : <Exact key="t" at={TokensUntil} />],
          ['Everything ends', <Exact key="all" at={StillValidUntil} />],
        ]}
      />
      <p>This statement in the policies of the roles at AWS ends the sessions there at once. Remove it afterwards.</p>
      <CopyBlock title="Statement for policies at AWS" text={DenyStatement} />
    </>
  )
}

function Exact({ at }: { at: number }) {
  return (
    <>
      <Moment at={at} /> <span class="quiet">{new Date(at * 1000).toISOString().slice(0, 19)}Z</span>
    </>
  )
}
