/** Options of every command that asks the service. */
export const CONNECTION_OPTIONS = {
  'endpoint-url': {
    value: 'URL',
    text: 'the service (AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL, else http://localhost:8787)',
  },
  region: { value: 'R', text: 'region to sign for' },
}
