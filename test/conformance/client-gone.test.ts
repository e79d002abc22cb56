import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  ListIdentityPoolsCommand,
} from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { LOCAL_CLIENT, type Service, startService } from './support/service.ts'

const FACEBOOK = 'graph.facebook.com'

let service: Service
let client: CognitoIdentityClient
let silent: Server
let asked: (() => void) | undefined
beforeAll(async () => {
  // A provider that takes every question and answers none.
  silent = createServer(() => asked?.())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  service = await startService({ vars: { FACEBOOK_GRAPH_URL: `http://127.0.0.1:${port}/v1` } })
  client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: service.url })
})
afterAll(async () => {
  await service?.stop()
  silent?.closeAllConnections()
  silent?.close()
})
beforeEach(() => {
  service.log.length = 0
})

it.each<[string, string, string]>([
  ['a body of a declared length', 'Content-Length: 1000', '{"Ident'],
  ['a large body', 'Content-Length: 900000', 'x'.repeat(300_000)],
  ['a body in chunks', 'Transfer-Encoding: chunked', '7\r\n{"Ident\r\n'],
])('whoever goes away within %s leaves no error in the log', async (_, header, part) => {
  const socket = await send(header, part)
  await answered()
  socket.destroy()
  // The Worker learns of it within the next calls.
  await answered()
  await answered()
  expect(errors()).toEqual([])
})

it('whoever goes away before the answer leaves no error in the log', async () => {
  const settings = { IdentityPoolName: 'p', AllowUnauthenticatedIdentities: false }
  const pool = await client.send(
    new CreateIdentityPoolCommand({ ...settings, SupportedLoginProviders: { [FACEBOOK]: '1234567890123456' } }),
  )
  const body = JSON.stringify({ IdentityPoolId: pool.IdentityPoolId, Logins: { [FACEBOOK]: 'EAAtoken' } })
  const waiting = new Promise<void>((resolve) => {
    asked = resolve
  })
  const socket = await send(`Content-Length: ${body.length}`, body)
  await waiting
  socket.destroy()
  await answered()
  expect(errors()).toEqual([])
})

/** Sends the head of a GetId and what is given of its body. */
async function send(header: string, body: string): Promise<Socket> {
  const { host, hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const target = 'X-Amz-Target: AWSCognitoIdentityService.GetId'
  const head = `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-amz-json-1.1\r\n${target}\r\n${header}\r\n\r\n`
  await new Promise((resolve) => socket.write(head + body, resolve))
  return socket
}

/** Some calls of others, which the Worker answers after whatever it had to do. */
async function answered(): Promise<void> {
  for (let calls = 0; calls < 5; calls++) await client.send(new ListIdentityPoolsCommand({ MaxResults: 1 }))
}

/** Records of the Worker, which are JSON, and what the runtime says of errors that nobody caught. */
function errors(): string[] {
  return service.log.filter((line) => line.startsWith('{') || /exception|error/i.test(line))
}
