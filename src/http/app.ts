import { Hono } from 'hono'
import { newUuid } from '../base/ids.ts'
import { dialectOf, failure, unrecognised } from './answers.ts'
import { cors, preflight } from './cors.ts'
import { type Documents, documentAt } from './documents.ts'
import { answerCall, type EndpointParts } from './endpoint.ts'
import { faultOf } from './fault-of.ts'
import { checkHost } from './local-mode.ts'

/** One deployment, ready to serve. */
export interface Deployment extends EndpointParts {
  /** Path of the issuer URL, without a trailing slash: the documents are served below it. */
  issuerPath: string
  documents: Documents
}

/**
 * The HTTP face of the service: the AWS endpoint at `POST /`, and the issuer's documents. `deploymentOf` throws when a
 * setting is missing or contradictory; nothing is served then but the sentence that says so.
 */
export function createApp(deploymentOf: (env: Env, origin: string) => Deployment) {
  const app = new Hono<{ Bindings: Env; Variables: { deployment: Deployment; requestId: string } }>()

  app.use(cors())

  app.use(async function deployment(c, next) {
    const deployment = deploymentOf(c.env, new URL(c.req.url).origin)
    const { world } = deployment.services
    const requestId = newUuid(world)
    c.set('deployment', deployment)
    c.set('requestId', requestId)
    try {
      checkHost(c.req.header('host') ?? '', deployment.local)
      await next()
    } catch (error) {
      c.res = failure(faultOf(error, requestId, world.log), dialectOf(c.req.raw.headers), requestId)
    }
    c.res.headers.set('x-amzn-RequestId', requestId)
    c.res.headers.set('date', new Date(world.now()).toUTCString())
  })

  app.options('*', (c) => preflight(c.req.raw.headers))

  app.post('/', (c) => answerCall(c.req.raw, c.var.requestId, c.var.deployment))

  app.get('/', (c) => c.text('Edge Identity: identity pools at the edge. Point an AWS SDK at this address.\n'))

  app.get('*', async (c) => {
    const { documents, issuerPath } = c.var.deployment
    const path = c.req.path.startsWith(issuerPath) ? c.req.path.slice(issuerPath.length) : c.req.path
    return (await documentAt(path, documents)) ?? unrecognised()
  })

  app.notFound(() => unrecognised())

  app.onError((error) => {
    if (error.name === 'SettingError') return new Response(`${error.message}\n`, { status: 500 })
    throw error
  })

  return app
}
