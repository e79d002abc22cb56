// A page on http://localhost:9000 where a user signs in at the test issuer of `npm start`. For development only.
// Usage: node docs/examples/sign-in.mjs <identity pool id> [<endpoint of the service> [<port>]]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [poolId = '', endpoint = 'http://localhost:8787', port = '9000'] = process.argv.slice(2)
if (poolId === '') {
  process.stderr.write(
    'Usage: node docs/examples/sign-in.mjs <identity pool id> [<endpoint of the service> [<port>]]\n',
  )
  process.exit(2)
}

const page = readFileSync(new URL('sign-in.html', import.meta.url), 'utf8')
  .replace('<POOL>', poolId)
  .replaceAll('<ENDPOINT>', endpoint)

createServer((request, response) => {
  const isPage = new URL(request.url ?? '/', endpoint).pathname === '/'
  response.writeHead(isPage ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' }).end(isPage ? page : '')
}).listen(Number(port), 'localhost', () => process.stdout.write(`Open http://localhost:${port}\n`))
