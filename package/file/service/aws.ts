import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Answer, type Api, Refused, Unreachable } from './api.ts'

/** The packages of the AWS SDK that read pools of AWS. They are the user's own. */
const CLIENTS = {
  identity: ['@aws-sdk/client-cognito-identity', 'CognitoIdentityClient'],
  iam: ['@aws-sdk/client-iam', 'IAMClient'],
  sts: ['@aws-sdk/client-sts', 'STSClient'],
} as const

/** The AWS SDK is not where it was looked for. */
export class SdkMissing extends Error {}

/**
 * AWS itself, to read from, with the credentials that the AWS SDK finds: variables, profiles, single sign-on, roles of a machine.
 * The SDK is loaded from the folder, where it has to be installed. Throws `SdkMissing`.
 */
export async function awsApi(folder: string, region: string | undefined): Promise<Api> {
  const [identity, iam, sts] = await Promise.all([
    sdkClient('identity', folder, region),
    sdkClient('iam', folder, region),
    sdkClient('sts', folder, region),
  ])
  return {
    region: await identity.region(),
    name: 'AWS',
    account: async () => (await sts.send('GetCallerIdentity', {})).Account,
    identity: identity.send,
    iam: iam.send,
  }
}

async function sdkClient(which: keyof typeof CLIENTS, folder: string, region: string | undefined) {
  const [name, clientName] = CLIENTS[which]
  const sdk = await loaded(name, folder)
  const client = new sdk[clientName](region === undefined ? {} : { region })
  return {
    async send(operation: string, input: object): Promise<Answer> {
      const Command = sdk[`${operation}Command`]
      if (!Command) throw new Refused(operation, 'UnknownOperation', `${name} is too old for it.`)
      try {
        return await client.send(new Command(input))
      } catch (error) {
        const { $fault, message, name: code } = error as Error & { $fault?: string }
        if ($fault === undefined) throw new Unreachable(`AWS cannot be asked: ${message || code}`)
        throw new Refused(operation, code, message)
      }
    },
    async region(): Promise<string> {
      try {
        return await client.config.region()
      } catch (error) {
        throw new Unreachable(`AWS cannot be asked: ${(error as Error).message}`)
      }
    },
  }
}

async function loaded(name: string, folder: string): Promise<Answer> {
  try {
    return await import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href)
  } catch (error) {
    const all = Object.values(CLIENTS).map(([one]) => one)
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new SdkMissing(
      `Pools of AWS are read with the AWS SDK and its credentials, and ${name} is not installed here. Run: npm install ${all.join(' ')}`,
    )
  }
}
