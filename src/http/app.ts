import { type Context, Hono } from 'hono'
import { newUuid } from '../base/ids.ts'
import { namesAction } from '../protocol/index.ts'
import { dialectOf, type Envelope, failure, respond, unrecognised } from './answers.ts'
import { type Console, consoleAnswer } from './console.ts'
import { CORS_HEADERS, preflightHeaders } from './cors.ts'
import { type Documents, documentAt } from './documents.ts'
import { answerCall, type EndpointParts, notServedHere } from './endpoint.ts'
import { faultOf } from './fault-of.ts'
import { greet } from './greeting.ts'
import { answerHealth, type PartHealth } from './health.ts'
import { checkHost } from './local-mode.ts'
import { PASS_PATHS } from './pass-path.ts'

/** One deployment, ready to serve. */
export interface Deployment extends EndpointParts {
  /** Path of the issuer URL, without a trailing slash: the documents are served below it. */
  issuerPath: string
  documents: Documents
  /** How the ring of signing keys is. Costs no more than the key document. */
  ringHealth: () => Promise<PartHealth>
  console: Console | undefined
}

type DeploymentOf = (env: Env, origin: () => string) => Deployment

type Answer = (request: Request, envelope: Envelope, deployment: Deployment) => Response | Promise<Response>

/**
 * The HTTP face of the service: the AWS endpoint at `/`, and the issuer's documents. `deploymentOf` throws when a
 * setting is missing or contradictory; every answer is then the sentence that says so.
 */
export function createApp(deploymentOf: DeploymentOf) {
  const app = new Hono<{ Bindings: Env }>()

  const by = answering(deploymentOf)

  for (const path of ['/', ...PASS_PATHS]) app.post(path, by(answerCall))

  app.options(
    '*',
    by(({ headers }, envelope) => respond(null, envelope, preflightHeaders(headers))),
  )

  app.get(
    '/',
    by(async (request, envelope, deployment) =>
      isCall(request)
        ? answerCall(request, envelope, deployment)
        : (notServedHere(request, envelope, deployment) ??
          (await consoleAnswer(request, envelope, deployment)) ??
          greet(request, envelope)),
    ),
  )

  app.get(
    '/health',
    by(async (_, envelope, { ringHealth }) => answerHealth(await ringHealth(), envelope)),
  )

  app.get('*', by(fileOrDocument))

  app.notFound(by(unknown))

  app.onError((error) => {
    if (error.name === 'SettingError') return new Response(`${error.message}\n`, { status: 500, headers: CORS_HEADERS })
    throw error
  })

  return app
}

/** Answers by the deployment, in the envelope that every answer has; whatever is thrown becomes a fault. */
function answering(deploymentOf: DeploymentOf) {
  return (answer: Answer) =>
    async ({ env, req: { raw: request } }: Context<{ Bindings: Env }>) => {
      const deployment = deploymentOf(env, () => new URL(request.url).origin)
      const { world } = deployment.services
      const envelope = { requestId: newUuid(world), now: world.now() }
      try {
        checkHost(request.headers.get('host') ?? '', deployment.local)
        return await answer(request, envelope, deployment)
      } catch (error) {
        return failure(faultOf(error, envelope.requestId, world.log), dialectOf(request), envelope)
      }
    }
}

/** What is published below the issuer, or the console. */
async function fileOrDocument(request: Request, envelope: Envelope, deployment: Deployment): Promise<Response> {
  const { documents, issuerPath } = deployment
  const { pathname } = new URL(request.url)
  const path = pathname.startsWith(issuerPath) ? pathname.slice(issuerPath.length) : pathname
  return (
    (await documentAt(path, documents, envelope)) ??
    (await consoleAnswer(request, envelope, deployment)) ??
    unknown(request, envelope, deployment)
  )
}

function unknown(request: Request, envelope: Envelope, parts: EndpointParts): Response {
  return notServedHere(request, envelope, parts) ?? unrecognised(envelope)
}

/** The query services are called by GET too. HEAD comes here as well, and calls nothing. */
function isCall({ method, url }: Request): boolean {
  return method === 'GET' && namesAction(new URL(url))
}
