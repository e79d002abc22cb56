import { html } from 'hono/html'
import type { IssuerConfig } from '../server/issuer-config.mjs'
import type { AuthorizationRequest } from './authorize.ts'
import { MAX_CLAIMS_CHARS, MAX_SUBJECT_CHARS } from './limits.ts'

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 10vh auto; padding: 0 1rem; color: #1c1c1c }
label, details { display: block; margin: 1rem 0 }
input, textarea { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .4rem }
textarea { font-family: ui-monospace, monospace; min-height: 5rem }
button { font: inherit; padding: .4rem 1rem; margin-right: .5rem }
[role=alert] { border-left: .25rem solid #b00020; padding-left: .75rem }
small { color: #555; overflow-wrap: anywhere }`

const page = (title: string, body: unknown) => html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
${body}
</html>`

/** Any name will do. The form goes to the address of the page, with the request in its query, so nothing is remembered. */
export function loginPage(
  { issuer, name }: IssuerConfig,
  { clientId, hint, redirectUri }: AuthorizationRequest,
  { claims = '', problem = '', sub = hint }: { sub?: string; claims?: string; problem?: string } = {},
) {
  return page(
    `Sign in: ${name}`,
    html`<h1>Sign in: ${name}</h1>
<p>This issuer is for tests. Any user name will do, and there is no password.</p>
${problem && html`<p role="alert">${problem}</p>`}
<form method="post">
<label>User name <input name="sub" value="${sub}" required autofocus autocomplete="off" maxlength="${MAX_SUBJECT_CHARS}"></label>
<details ${claims && 'open'}><summary>Further claims</summary>
<textarea name="claims" aria-label="Further claims as JSON" maxlength="${MAX_CLAIMS_CHARS}" placeholder='{"groups": ["staff"]}'>${claims}</textarea>
</details>
<button name="answer" value="yes">Sign in</button><button name="answer" value="no" formnovalidate>Cancel</button>
</form>
<p><small>${clientId} gets the answer at ${redirectUri}, signed by ${issuer}.</small></p>`,
  )
}

export function problemPage(problem: string) {
  return page('Sign in', html`<h1>This sign-in cannot go on</h1><p role="alert">${problem}</p>`)
}

/** No scripts, no frames, and the form leads to the issuer, and from there to the client alone. */
export function contentPolicy(redirectUri?: string): string {
  const url = redirectUri === undefined ? undefined : new URL(redirectUri)
  const back = url === undefined ? '' : ` ${url.origin === 'null' ? url.protocol : url.origin}`
  return `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${back}`
}
