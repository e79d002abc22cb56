import type { SigningKey } from './client.ts'

/** A key of another account, which may do everything there. */
export const OTHER_ACCOUNT = '111122223333'
export const OTHER_ACCOUNT_KEY: SigningKey = {
  accessKeyId: 'OTHERACCOUNT',
  secretAccessKey: 'secret-of-a-key-in-another-account-0001',
}

/** A key of local mode's account that may do little: look at pools of us-east-1, and give them roles named `app-…`. */
export const LIMITED_KEY: SigningKey = {
  accessKeyId: 'LIMITED',
  secretAccessKey: 'secret-of-a-key-that-may-do-little-0001',
}
export const LIMITED_USER_ARN = 'arn:aws:iam::000000000000:user/limited'

/** A key of local mode's account that may do everything with pools tagged `team: blue`, and nothing else. */
export const TEAM_KEY: SigningKey = {
  accessKeyId: 'TEAMBLUE',
  secretAccessKey: 'secret-of-a-key-for-one-team-only-0001',
}
export const TEAM_USER_ARN = 'arn:aws:iam::000000000000:user/team-blue'

/** Settings that make these keys known to the Worker. */
export const ACCESS_KEY_SETTINGS: Readonly<Record<string, string>> = {
  ACCESS_KEY_OTHERACCOUNT: JSON.stringify({
    secret: OTHER_ACCOUNT_KEY.secretAccessKey,
    account: OTHER_ACCOUNT,
    user: 'other',
    policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  }),
  ACCESS_KEY_LIMITED: JSON.stringify({
    secret: LIMITED_KEY.secretAccessKey,
    account: '000000000000',
    user: 'limited',
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'cognito-identity:DescribeIdentityPool',
            'cognito-identity:GetIdentityPoolRoles',
            'cognito-identity:DeleteIdentityPool',
          ],
          Resource: 'arn:aws:cognito-identity:us-east-1:000000000000:identitypool/*',
        },
        { Effect: 'Allow', Action: 'cognito-identity:SetIdentityPoolRoles', Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: 'arn:aws:iam::000000000000:role/app-*',
          Condition: { StringEquals: { 'iam:PassedToService': 'cognito-identity.amazonaws.com' } },
        },
        { Effect: 'Allow', Action: 'iam:GetRole', Resource: 'arn:aws:iam::000000000000:role/app-*' },
        { Effect: 'Deny', Action: 'cognito-identity:Delete*', Resource: '*' },
      ],
    },
  }),
  ACCESS_KEY_TEAMBLUE: JSON.stringify({
    secret: TEAM_KEY.secretAccessKey,
    account: '000000000000',
    user: 'team-blue',
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'cognito-identity:*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
        },
        {
          Effect: 'Allow',
          Action: ['cognito-identity:CreateIdentityPool', 'cognito-identity:TagResource'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:RequestTag/team': 'blue' } },
        },
        {
          Effect: 'Deny',
          Action: 'cognito-identity:UntagResource',
          Resource: '*',
          Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } },
        },
      ],
    },
  }),
}
