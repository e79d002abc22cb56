import { noteCall } from './made.ts'
import { Refused } from './refused.ts'
import type { Signer } from './signer.ts'
import { type XmlValue, xmlValueOf } from './xml.ts'

/** Who calls, and in which region. */
export interface Caller {
  signer: Signer
  region: string
}

const TARGETS = { 'cognito-identity': 'AWSCognitoIdentityService', 'edge-identity': 'EdgeIdentity' } as const
const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const

/** The API is at the root of the origin that the page is of. */
const endpoint = () => `${location.origin}/`

/** A signed call in AWS JSON. Throws `Refused`. */
export async function callJson<T>(
  service: keyof typeof TARGETS,
  operation: string,
  input: object,
  { region, signer }: Caller,
): Promise<T> {
  const body = JSON.stringify(input)
  const call = { service, operation, region, input: { ...input }, isPublic: false }
  const headers = jsonHeaders(service, operation)
  const send = async () => textAnswer(await signer.sign({ url: endpoint(), headers, body, service, region }))
  return (await answered(call, send, jsonResult)) as T
}

/** A call that everybody may make, in AWS JSON. Throws `Refused`. */
export async function callPublic<T>(service: keyof typeof TARGETS, operation: string, input: object): Promise<T> {
  const call = { service, operation, region: '', input: { ...input }, isPublic: true }
  const init = { method: 'POST', headers: jsonHeaders(service, operation), body: JSON.stringify(input) }
  return (await answered(call, () => textAnswer(new Request(endpoint(), init)), jsonResult)) as T
}

/** A signed call of IAM or STS, which speak AWS query. The answer is what stands in its result element. Throws `Refused`. */
export async function callQuery(
  service: keyof typeof VERSIONS,
  action: string,
  parameters: Readonly<Record<string, string>>,
  { region, signer }: Caller,
): Promise<XmlValue> {
  const body = new URLSearchParams({ Action: action, Version: VERSIONS[service], ...parameters }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  const call = { service, operation: action, region, input: { ...parameters }, isPublic: false }
  const send = async () => xmlAnswer(await signer.sign({ url: endpoint(), headers, body, service, region }), body)
  return answered(call, send, queryResult)
}

const jsonHeaders = (service: keyof typeof TARGETS, operation: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `${TARGETS[service]}.${operation}`,
})

interface Answer {
  ok: boolean
  status: number
  requestId: string | undefined
}

/** Sends a call, reads its answer, and puts it on the list of calls that were made. */
async function answered<A extends Answer, T>(
  call: Parameters<typeof noteCall>[0],
  send: () => Promise<A>,
  resultOf: (operation: string, answer: A) => T,
): Promise<T> {
  const begun = performance.now()
  const end = noteCall(call)
  let requestId: string | undefined
  try {
    const answer = await send().catch(() => {
      throw new Refused(call.operation, 'NoAnswer', 'The service does not answer.')
    })
    requestId = answer.requestId
    const result = resultOf(call.operation, answer)
    end({ took: performance.now() - begun, outcome: 'ok', requestId })
    return result
  } catch (error) {
    end({ took: performance.now() - begun, outcome: error instanceof Refused ? error.code : 'failed', requestId })
    throw error
  }
}

async function textAnswer(request: Request): Promise<Answer & { text: string }> {
  const answer = await fetch(request)
  const requestId = answer.headers.get('x-amzn-requestid') ?? undefined
  return { ok: answer.ok, status: answer.status, requestId, text: await answer.text() }
}

function jsonResult(operation: string, { ok, requestId, status, text }: Answer & { text: string }): unknown {
  const parsed: Record<string, unknown> = /^\{.*\}$/s.test(text) ? JSON.parse(text) : {}
  if (ok) return parsed
  const { __type: code, message, Message = message } = parsed
  throw new Refused(operation, String(code ?? `status ${status}`), String(Message ?? text.slice(0, 300)), requestId)
}

/** XML comes as a document, read by the browser: a parser that is given text is something that trusted types refuse. */
function xmlAnswer({ headers, url }: Request, body: string): Promise<Answer & { root: Element | undefined }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.responseType = 'document'
    request.onerror = () => reject(new Error('no answer'))
    request.onload = () => {
      const requestId = request.getResponseHeader('x-amzn-requestid') ?? undefined
      const root = request.responseXML?.documentElement ?? undefined
      resolve({ ok: request.status < 300, status: request.status, requestId, root })
    }
    request.open('POST', url)
    for (const [name, value] of headers) request.setRequestHeader(name, value)
    request.send(body)
  })
}

function queryResult(
  operation: string,
  { ok, requestId, root, status }: Answer & { root: Element | undefined },
): XmlValue {
  const find = (name: string) => root?.getElementsByTagName(name)[0]
  const result = find(`${operation}Result`)
  if (ok) return result ? xmlValueOf(result) : {}
  const code = find('Code')?.textContent ?? `status ${status}`
  throw new Refused(operation, code, find('Message')?.textContent ?? 'The answer cannot be read.', requestId)
}
