// What both pages show, once they have credentials.
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { signedIn, signIn, signOut } from './sign-in.js'

/** Shows who somebody is, and what became of a call with the credentials. `session` tells both, with the library of the page. */
export async function run(session) {
  element('sign-in').onclick = signIn
  element('sign-out').onclick = signOut
  try {
    const idToken = await signedIn()
    show('who', idToken ? 'a user' : 'a guest')
    const { credentials, identityId } = await session(idToken)
    show('identity', identityId)
    show('role', await roleOf(credentials))
    show('s3', await write(credentials, `users/${identityId}/hello.txt`))
  } catch (error) {
    show('who', `${error.name}: ${error.message}`)
  }
  document.body.dataset.state = 'done'
}

/** The STS that made the credentials knows whose they are. */
async function roleOf(credentials) {
  const sts = new STSClient({ region: CONFIG.region, endpoint: CONFIG.aws, credentials })
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn
}

/** Whoever stores objects decides what the role may do. Without such a store on this machine, the answer says that there is none. */
async function write(credentials, Key) {
  const s3 = new S3Client({
    region: CONFIG.region,
    endpoint: CONFIG.aws,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  })
  try {
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'hello' }))
    return `written: ${Key}`
  } catch (error) {
    return `${error.name}: ${error.message}`
  }
}

const element = (id) => document.querySelector(`#${id}`)

function show(id, text) {
  element(id).textContent = text
}
