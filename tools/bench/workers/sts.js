/** Stands in for a remote STS: credentials for whoever asks, in a process of its own, so that its work is not counted. */
const VALID_MS = 3_600_000

export default {
  /** @param {Request} request */
  async fetch(request) {
    await request.text()
    return new Response(answer(), { headers: { 'content-type': 'text/xml' } })
  },
}

function answer() {
  const expiration = `${new Date(Date.now() + VALID_MS).toISOString().slice(0, 19)}Z`
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::000000000000:assumed-role/bench/CognitoIdentityCredentials</Arn>
      <AssumedRoleId>AROAEXAMPLE:CognitoIdentityCredentials</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLEEXAMPLE00</AccessKeyId>
      <SecretAccessKey>${'s'.repeat(40)}</SecretAccessKey>
      <SessionToken>${'t'.repeat(400)}</SessionToken>
      <Expiration>${expiration}</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`
}
