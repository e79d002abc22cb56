import { userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Shows the decision behind a request, by the id in its x-amzn-RequestId header: npm run explain-request -- <request id>

Decisions of the last seven days are kept; where DECISIONS is "refusals", those of refused requests alone.`,
    maxPositionals: 1,
    options: {
      last: { text: 'instead of an id: the last request that a service on this machine refused' },
      'endpoint-url': {
        value: 'URL',
        text: 'the service (AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL, else http://localhost:8787)',
      },
      region: { value: 'R', text: 'region to sign for' },
    },
    after:
      "The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.",
  },
  () => import('../lib/explain-request.ts'),
)
