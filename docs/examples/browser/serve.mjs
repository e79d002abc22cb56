// Two pages of one app, on another origin than the service: one with the AWS SDK, one with Amplify. For development only.
// Usage: node docs/examples/browser/serve.mjs <identity pool id> [<endpoint of the service> [<port> [<endpoint of STS and S3>]]]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const [poolId = '', endpoint = 'http://localhost:8787', port = '9000', aws = endpoint] = process.argv.slice(2)
if (poolId === '') {
  process.stderr.write(
    'Usage: node docs/examples/browser/serve.mjs <identity pool id> [<endpoint> [<port> [<endpoint of STS and S3>]]]\n',
  )
  process.exit(2)
}

const { outputFiles } = await build({
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: ['sdk.js', 'amplify.js'],
  outdir: '.',
  write: false,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  define: { CONFIG: JSON.stringify({ poolId, endpoint, aws, region: poolId.split(':')[0] }), global: 'globalThis' },
  // The browser field of this package leaves out file endings, which esbuild does not complete.
  alias: { '@aws-sdk/credential-providers': '@aws-sdk/credential-providers/dist-es/index.browser.js' },
  logLevel: 'error',
})

const page = readFileSync(new URL('page.html', import.meta.url), 'utf8')
const pages = new Map([
  ['/', '<!doctype html><title>Sample app</title><a href="/sdk.html">AWS SDK</a> <a href="/amplify.html">Amplify</a>'],
  ['/sdk.html', page.replaceAll('{LIBRARY}', 'AWS SDK').replace('{SCRIPT}', 'sdk.js')],
  ['/amplify.html', page.replaceAll('{LIBRARY}', 'Amplify').replace('{SCRIPT}', 'amplify.js')],
])
const scripts = new Map(outputFiles.map(({ path, text }) => [`/${path.split(/[\\/]/).pop()}`, text]))

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', endpoint)
  const [text, type] = pages.has(pathname) ? [pages.get(pathname), 'html'] : [scripts.get(pathname), 'javascript']
  response.writeHead(text === undefined ? 404 : 200, { 'content-type': `text/${type}; charset=utf-8` }).end(text)
}).listen(Number(port), 'localhost', () => process.stdout.write(`Open http://localhost:${port}\n`))
