import { CONNECTION_OPTIONS, userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: `Shows what a login would come to, and issues nothing: npm run simulate-login -- --pool <pool id> [options]
Or what a workload's token would: npm run simulate-login -- --role <ARN of the role> --token @FILE`,
    options: {
      pool: { value: 'ID', text: 'the identity pool' },
      login: {
        value: 'PROVIDER=TOKEN',
        multiple: true,
        text: 'as in a Logins map; @FILE reads the token from a file, - from standard input; several may be given',
      },
      identity: { value: 'ID', text: "the identity that the client names; else the login's own, or a new one" },
      'client-address': {
        value: 'ADDRESS',
        text: 'of a new guest, or who asks for the role: where the client is; else where you are',
      },
      'client-network': {
        value: 'NUMBER',
        text: 'of a new guest: the number of the network (AS) that the client is in',
      },
      'guest-pass': { value: 'PASS', text: 'of a new guest: the pass that the client brings' },
      'custom-role': { value: 'ARN', text: 'the CustomRoleArn that the client sends' },
      role: { value: 'ARN', text: 'in place of a pool: the role that AssumeRoleWithWebIdentity is asked for' },
      token: { value: 'TOKEN', text: 'for the role: the WebIdentityToken; @FILE and - as above' },
      'session-name': { value: 'NAME', text: 'for the role: the RoleSessionName; else simulated' },
      'duration-seconds': { value: 'N', text: 'for the role: the DurationSeconds; else 3600' },
      ...CONNECTION_OPTIONS,
    },
    after:
      "The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's.",
  },
  () => import('../lib/simulate-login.ts'),
)
