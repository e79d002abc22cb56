import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { outcomeHere } from './command-here.ts'

const FOLDER = fileURLToPath(new URL('../../tools/commands/', import.meta.url))

/** Runs a command to its end, in a process of its own. */
export async function outcome(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input = '',
) {
  const child = spawn(process.execPath, [`${FOLDER}${name}.mjs`, ...args], { env: { ...process.env, ...env } })
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

/**
 * Runs a command beside a service that answers one call after the other, and tells what was asked. Only one that reads its
 * standard input gets a process of its own.
 */
export async function answered(name: string, args: readonly string[], answers: readonly object[], input?: string) {
  const asked: { target: string | undefined; input: unknown }[] = []
  const left = [...answers]
  const service = createServer(async (request, response) => {
    const target = request.headers['x-amz-target']?.toString().split('.')[1]
    asked.push({ target, input: JSON.parse(await text(request)) })
    const answer = left.shift()
    response.writeHead(answer && '__type' in answer ? 400 : 200).end(JSON.stringify(answer))
  }).listen(0, 'localhost')
  await once(service, 'listening')
  const AWS_ENDPOINT_URL = `http://localhost:${(service.address() as AddressInfo).port}`
  const env = { AWS_ENDPOINT_URL }
  const run = input === undefined ? outcomeHere(name, args, env) : outcome(name, args, env, input)
  const { code, stderr, stdout } = await run
  service.close()
  return { code, stderr, lines: stdout.trimEnd().split('\n'), asked }
}
