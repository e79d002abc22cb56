import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

/** The call that moto cannot take while it checks policies: it has no signature. */
const UNCHECKED = /^(?:.*&)?Action=AssumeRoleWithWebIdentity(?:&|$)/

export interface PolicySwitch {
  stop(): Promise<void>
}

/**
 * Listens in front of moto and turns its check of policies off for AssumeRoleWithWebIdentity, which it answers with status
 * 500 otherwise, and on for every other call. What comes and goes is passed on as it is. The check is one for all of moto, so
 * calls pass one after the other.
 */
export async function startPolicySwitch(port: number, motoPort: number): Promise<PolicySwitch> {
  let last: Promise<unknown> = Promise.resolve()
  const server = createServer((incoming, response) => {
    const body = buffer(incoming)
    const pass = async () => {
      const bytes = await body
      await setCheck(motoPort, !UNCHECKED.test(bytes.toString('latin1')))
      await forward(motoPort, incoming, bytes, response)
    }
    last = Promise.all([body, last])
      .then(pass)
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Tells moto how many calls pass before it checks policies: none, or all. moto fails if the body is called a form. */
async function setCheck(motoPort: number, on: boolean): Promise<void> {
  const headers = { 'content-type': 'text/plain' }
  const url = `http://127.0.0.1:${motoPort}/moto-api/reset-auth`
  const { ok, status } = await fetch(url, { method: 'POST', headers, body: on ? '0' : 'inf' })
  if (!ok) throw new Error(`moto answered ${status} when it was told whether to check policies.`)
}

function forward(port: number, incoming: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
  const { method, url: path, headers } = incoming
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      pipeline(answer, response).then(resolve, reject)
    })
    outgoing.once('error', reject).end(body)
  })
}
