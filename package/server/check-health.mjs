/** The health check of the image: code 0 if the service answers that it is well, or degraded, which still serves. */
const WITHIN_MS = 4_000
const url = `http://127.0.0.1:${process.env.PORT ?? '8787'}/health`

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) })
  console.log((await answer.text()).trim())
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  console.log(`${url} does not answer: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
