// A page where a user signs in, and an OpenID provider for it, both on http://localhost:9000. For development only.
// Usage: node docs/examples/sign-in.mjs <identity pool id> [<endpoint of the service> [<port>]]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const [poolId = '', endpoint = 'http://localhost:8787', port = '9000'] = process.argv.slice(2)
if (poolId === '') {
  process.stderr.write(
    'Usage: node docs/examples/sign-in.mjs <identity pool id> [<endpoint of the service> [<port>]]\n',
  )
  process.exit(2)
}
const ISSUER = `http://localhost:${port}`

/** A certified OpenID provider. Its own development pages ask for a name and take any password. */
const provider = new Provider(ISSUER, {
  clients: [{ client_id: 'my-app', token_endpoint_auth_method: 'none', redirect_uris: [`${ISSUER}/`] }],
})
const answer = provider.callback()

const page = readFileSync(new URL('sign-in.html', import.meta.url), 'utf8')
  .replace('<POOL>', poolId)
  .replace('<ENDPOINT>', endpoint)

createServer((request, response) => {
  if (new URL(request.url ?? '/', ISSUER).pathname !== '/') return answer(request, response)
  response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
}).listen(Number(port), 'localhost', () => process.stdout.write(`Open ${ISSUER}\n`))
