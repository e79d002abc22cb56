// The page with the AWS SDK for JavaScript.
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'
import { run } from './show.js'
import { ISSUER } from './sign-in.js'

await run(async (idToken) => {
  const provider = fromCognitoIdentityPool({
    identityPoolId: CONFIG.poolId,
    clientConfig: { region: CONFIG.region, endpoint: CONFIG.endpoint },
    // The key is the issuer without its scheme.
    ...(idToken && { logins: { [ISSUER.replace('http://', '')]: idToken } }),
  })
  const credentials = await provider()
  return { credentials, identityId: credentials.identityId }
})
