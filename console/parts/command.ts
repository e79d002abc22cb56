import type { MadeCall } from '../calls/index.ts'

const SERVICES: Readonly<Record<string, { target: string; version: string }>> = {
  'cognito-identity': { target: 'AWSCognitoIdentityService', version: '1.1' },
  'edge-identity': { target: 'EdgeIdentity', version: '1.1' },
}

/** A call as a line for a shell: of the AWS CLI where it knows the operation, and of curl, which signs too, for our own. */
export function commandOf({ input, isPublic, operation, region, service }: MadeCall): string {
  const endpoint = location.origin
  if (service !== 'edge-identity') return awsLine()
  const lines = [
    `curl -sS ${endpoint}/`,
    ...(isPublic
      ? []
      : [
          `--aws-sigv4 ${shellWord(`aws:amz:${region}:${service}`)}`,
          '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        ]),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    ...(isPublic ? [] : ['${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"}']),
    `-H 'content-type: application/x-amz-json-1.1'`,
    `-H 'x-amz-target: ${SERVICES[service]?.target}.${operation}'`,
    `-d ${shellWord(JSON.stringify(input))}`,
  ]
  return lines.join(' \\\n  ')

  function awsLine(): string {
    const given = Object.entries(input).map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      if (typeof value === 'boolean') return `--${value ? '' : 'no-'}${dashed(name)}`
      return shellOption(dashed(name), text)
    })
    const where = [
      `--endpoint-url ${endpoint}`,
      `--region ${shellWord(region)}`,
      ...(isPublic ? ['--no-sign-request'] : []),
    ]
    return ['aws', service, dashed(operation), ...given, ...where].join(' ')
  }
}

/** `OpenIDConnectProviderArn` is `--open-id-connect-provider-arn` to the AWS CLI, and `NextToken` `--next-token`. */
function dashed(name: string): string {
  return name
    .replaceAll('OpenID', 'OpenId')
    .replaceAll('SAML', 'Saml')
    .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-')
    .toLowerCase()
}

/** An option with its value. A value that looks like an option is tied to its name. */
export function shellOption(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`
}

/** A word of a POSIX shell. A terminal may obey control characters of what is pasted, so that `printf` makes them. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`
  return quoted.replace(/(?!\n)\p{Cc}/gu, (character) => `'"$(printf '${octal(character)}')"'`)
}

/** The bytes of a text as the format of `printf` has them. */
const octal = (text: string) =>
  Array.from(new TextEncoder().encode(text), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
