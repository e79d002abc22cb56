import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { awsApi, DEFAULT_REGION, fileText, pull } from '../file/index.ts'
import { BadOption } from '../server/options.mjs'
import { type Asked, CONNECTION, DONE, fileCommand, serviceOf } from './file-command.ts'

export const pullCommand = fileCommand({
  name: 'pull',
  summary: 'Writes a file from what a service has, or from pools of AWS',
  about: `Writes pools with the roles and issuers that they name. From AWS the pools come without ids, since they get others here.
AWS is read with the AWS SDK and its own credentials; the packages @aws-sdk/client-cognito-identity, client-iam and client-sts must be
installed in this folder.

Exit code: 0, or 1 if something could not be done.`,
  options: {
    pool: {
      value: 'ID',
      multiple: true,
      text: 'a pool by id or name; several may be given. All of the region, unless given',
    },
    aws: { text: 'from AWS itself, not from a service of yours' },
    region: { value: 'R', text: 'the region of the pools (AWS_REGION, else us-east-1)' },
    out: { value: 'FILE', text: 'a new file to write; standard output unless given' },
    ...CONNECTION,
  },
  maxPositionals: 0,
  async run(asked) {
    const { io, json, values } = asked
    const { out, pool = [] } = values
    const path = typeof out === 'string' ? resolve(io.folder, out) : undefined
    if (path !== undefined && existsSync(path)) throw new BadOption(`${out} exists already.`)
    const api = await apiOf(asked)
    const pools = Array.isArray(pool) ? (pool as string[]) : []
    const { file, notes } = await pull(api, { pools, ids: !values.aws })
    for (const note of notes) io.err(`note: ${note}`)
    const text = fileText(file)
    if (path !== undefined) writeFileSync(path, text)
    if (json) io.out(JSON.stringify({ file, notes }, null, 2))
    else io.out(path === undefined ? text.trimEnd() : `${out} has ${Object.keys(file.pools ?? {}).length} pools.`)
    return DONE
  },
})

async function apiOf(asked: Asked) {
  const { io, values } = asked
  const region = typeof values.region === 'string' ? values.region : undefined
  if (!values.aws) return serviceOf(asked, region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? DEFAULT_REGION)
  if (values['endpoint-url'] !== undefined)
    throw new BadOption('--aws has no --endpoint-url: the SDK knows where AWS is.')
  const elsewhere = io.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY ?? io.env.AWS_ENDPOINT_URL
  if (elsewhere !== undefined) io.err(`note: the SDK asks ${elsewhere}, as the environment says.`)
  return awsApi(io.folder, region)
}
