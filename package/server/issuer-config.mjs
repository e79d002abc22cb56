/** What a test issuer is told, and where it is: known to the Worker that serves it and to whoever starts it. */

/**
 * @typedef {object} IssuerConfig
 * @property {string} name in its address: `/issuers/<name>`
 * @property {string} issuer `iss` of its tokens: that of the provider it stands for, or its own address
 * @property {'oidc' | 'user_pool' | 'google' | 'apple'} kind whose tokens its tokens look like
 * @property {readonly string[]} clients client ids; the first is the audience of tokens that name none
 * @property {readonly string[]} redirectUris where browsers may be sent back to, letter by letter
 * @property {'RS256' | 'ES256'} algorithm user pools, Google and Apple sign with RS256
 */

/** What the addresses of all issuers begin with. */
export const ISSUERS_PATH = '/issuers/'

/**
 * Where an issuer is, without a closing slash.
 *
 * @param {string} origin
 * @param {string} name
 */
export function issuerAddress(origin, name) {
  return `${origin}${ISSUERS_PATH}${name}`
}

/**
 * What a service has to be told, so that issuers count in place of the providers that they stand for.
 *
 * @param {string} origin
 * @param {readonly IssuerConfig[]} configs
 * @param {string} [given] others, as the setting has them; they win
 * @returns {{ LOCAL_ISSUERS?: string }}
 */
export function standIns(origin, configs, given) {
  const elsewhere = configs.filter(({ issuer, name }) => issuer !== issuerAddress(origin, name))
  if (elsewhere.length === 0) return given === undefined ? {} : { LOCAL_ISSUERS: given }
  const byProvider = elsewhere.map(({ issuer, name }) => [providerName(issuer), issuerAddress(origin, name)])
  try {
    return { LOCAL_ISSUERS: JSON.stringify({ ...Object.fromEntries(byProvider), ...JSON.parse(given ?? '{}') }) }
  } catch {
    // What is no JSON is for the service to refuse.
    return { LOCAL_ISSUERS: given ?? '' }
  }
}

/**
 * The key of logins of an issuer: its URL without the scheme.
 *
 * @param {string} issuer
 */
export function providerName(issuer) {
  return issuer.replace(/^https?:\/\//, '').replace(/\/$/, '')
}

/** Where the example pages of the repository are. */
const EXAMPLES = ['', 'sdk.html', 'amplify.html'].map((page) => `http://localhost:9000/${page}`)

/**
 * The issuer that a service has without being told of any.
 *
 * @param {string} origin of the service
 * @param {readonly string[]} [redirectUris] where apps run that users sign in to, besides the examples
 * @returns {IssuerConfig}
 */
export function defaultIssuer(origin, redirectUris = []) {
  const issuer = issuerAddress(origin, 'test')
  const all = [...EXAMPLES, ...redirectUris]
  return { name: 'test', issuer, kind: 'oidc', clients: ['my-app'], redirectUris: all, algorithm: 'RS256' }
}

/**
 * A redirect URI is a whole address without a fragment (RFC 6749, section 3.1.2).
 *
 * @param {string} uri
 */
export function isRedirectUri(uri) {
  return URL.canParse(uri) && !uri.includes('#') && !/^(?:javascript|data|blob|file):/i.test(uri)
}
