/** Answers of AssumeRoleWithWebIdentity as these services shape them; the values are made up. */
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

export const AWS = `<AssumeRoleWithWebIdentityResponse xmlns="${NAMESPACE}">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>eu-west-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10</SubjectFromWebIdentityToken>
    <Audience>eu-west-1:9f3c2a71-1111-4222-8333-444455556666</Audience>
    <AssumedRoleUser>
      <AssumedRoleId>AROAUPSTREAMUPSTREAMU:CognitoIdentityCredentials</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAUPSTREAMUPSTREAM</AccessKeyId>
      <SecretAccessKey>up+stream/secret</SecretAccessKey>
      <SessionToken>FwoGZXIvYXdzEXAMPLE/+token==</SessionToken>
      <Expiration>2030-01-02T04:04:05Z</Expiration>
    </Credentials>
    <Provider>arn:aws:iam::123456789012:oidc-provider/id.example.com</Provider>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>7f0e1a52-0000-4000-8000-000000000000</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`

export const MINIO = `<?xml version="1.0" encoding="UTF-8"?>
<AssumeRoleWithWebIdentityResponse xmlns="${NAMESPACE}"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn></Arn><AssumeRoleId></AssumeRoleId></AssumedRoleUser><Credentials><AccessKeyId>6Q0CQPL8MV3TZB1X2Y4W</AccessKeyId><SecretAccessKey>minio+secret</SecretAccessKey><Expiration>2030-01-02T04:04:05Z</Expiration><SessionToken>eyJhbGciOiJIUzUxMiJ9.eyJhIjoxfQ.c2ln</SessionToken></Credentials><SubjectFromWebIdentityToken>sub-1</SubjectFromWebIdentityToken></AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>17F0</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`

export const SEAWEEDFS = `<?xml version="1.0" encoding="UTF-8"?>
<AssumeRoleWithWebIdentityResponse xmlns="${NAMESPACE}"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA0123456789abcdef</AccessKeyId><SecretAccessKey>weed-secret</SecretAccessKey><SessionToken>eyJhbGciOiJIUzI1NiJ9.eyJiIjoyfQ.c2ln</SessionToken><Expiration>2030-01-02T04:04:05Z</Expiration></Credentials><SubjectFromWebIdentityToken>sub-1</SubjectFromWebIdentityToken></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`

export const CEPH = `<?xml version="1.0" encoding="UTF-8"?><AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><SubjectFromWebIdentityToken>sub-1</SubjectFromWebIdentityToken><Audience>pool-1</Audience><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/apps/Reader/CognitoIdentityCredentials</Arn><AssumeRoleId>6b1d-4c2e:CognitoIdentityCredentials</AssumeRoleId></AssumedRoleUser><Credentials><AccessKeyId>aBcDeFgHiJkLmNoPqRsT</AccessKeyId><Expiration>2030-01-02T04:04:05.123456789Z</Expiration><SecretAccessKey>CEPHSECRET</SecretAccessKey><SessionToken>Y2VwaCB0b2tlbg==</SessionToken></Credentials><Provider>https://id.example.com</Provider><PackedPolicySize>0</PackedPolicySize></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`

/** The Ceph Object Gateway answers errors of STS in the form of S3, with empty messages. */
export function rgwErrorAnswer(code: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message></Message><RequestId>tx0000042d6f1a7c3b0e9d8-0067a1b2c3-1a2b-default</RequestId><HostId>1a2b-default-default</HostId></Error>`
}

export function errorAnswer(code: string, message = 'upstream text'): string {
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
}
