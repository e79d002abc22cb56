import { choice, flag, list, optional, record, required, text } from './shape.ts'

const client = text({
  pattern: '[\\w.;_/-]{1,128}',
  says: 'a client id or app id',
  about: 'The client id or app id of the app at the provider.',
})

const issuerReference = (about: string) =>
  text({
    pattern: 'arn:[^\\s]{10,2040}|[\\w.-]{1,64}',
    says: 'a name under `issuers`, or the ARN of a provider',
    about,
  })

/** The secret of an app is no part of a file: the environment has it. */
const secret = record(
  { env: required(text({ pattern: '[A-Z_][A-Z0-9_]{0,127}', says: 'the name of a variable of the environment' })) },
  'The variable of the environment that has the secret.',
)

export const provider = choice(
  {
    userPool: record({
      userPool: required(
        text({
          pattern: '[\\w-]{1,40}_[A-Za-z0-9]{1,60}|[a-z][\\w.-]{1,100}/[\\w-]{1,40}_[A-Za-z0-9]{1,60}',
          says: 'the id of a user pool, such as us-east-1_AbCdEf123, or its provider name',
          about: 'A user pool of Amazon Cognito, by its id.',
        }),
      ),
      client: optional(text({ pattern: '\\w{1,128}', says: 'the id of an app client' })),
      serverSideTokenCheck: optional(flag('Whether the user pool is asked if the user is still active.')),
    }),
    oidc: record({
      oidc: required(issuerReference('An OpenID Connect provider, by its name under `issuers`.')),
      clients: optional(
        list(text({ min: 1, max: 255 }), { min: 1, about: 'Client ids for which tokens of the provider count.' }),
      ),
    }),
    saml: record({ saml: required(issuerReference('A SAML provider, by its name under `issuers`.')) }),
    google: record({ google: required(client) }),
    apple: record({ apple: required(client) }),
    facebook: record({ facebook: required(client) }),
    amazon: record({ amazon: required(client) }),
    twitter: record({ twitter: required(client), secret: required(secret) }),
    digits: record({ digits: required(client) }),
    developer: record({
      developer: required(
        text({
          pattern: '[\\w._-]{1,128}',
          says: 'a name of 1 to 128 letters, digits or any of ._-',
          about: 'The name under which your own backend vouches for users. It cannot be changed later.',
        }),
      ),
    }),
  },
  'A login provider of the pool.',
)
