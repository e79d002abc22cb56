// The page with Amplify. A token provider hands over the ID token of an issuer that is no user pool.
import { Amplify } from 'aws-amplify'
import { decodeJWT, fetchAuthSession } from 'aws-amplify/auth'
import { cognitoCredentialsProvider } from 'aws-amplify/auth/cognito'
import { run } from './show.js'

await run(async (idToken) => {
  const cognito = { identityPoolId: CONFIG.poolId, identityPoolEndpoint: CONFIG.endpoint, allowGuestAccess: true }
  const token = idToken && decodeJWT(idToken)
  const tokenProvider = { getTokens: async () => token && { accessToken: token, idToken: token } }
  Amplify.configure(
    { Auth: { Cognito: cognito } },
    { Auth: { credentialsProvider: cognitoCredentialsProvider, tokenProvider } },
  )
  return fetchAuthSession()
})
