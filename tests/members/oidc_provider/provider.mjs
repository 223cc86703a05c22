// A real OpenID Connect provider (npm oidc-provider, certified) for the tests of sign-on.
//
// argv[2]: JSON {redirectUris, clientJwk}. Prints {issuer} when it listens. POST /control chooses who signs on
// (`user`, `acr`) and what goes wrong (`fault`): a provider that behaves cannot show that bad tokens are refused.
import { createServer } from 'node:http'
import { generateKeyPair, exportJWK, SignJWT, UnsecuredJWT, decodeJwt } from 'jose'
import Provider from 'oidc-provider'

const { redirectUris, clientJwk } = JSON.parse(process.argv[2])
const key = async (kid) => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  return { private: pair.privateKey, jwk: { ...(await exportJWK(pair.privateKey)), kid, alg: 'RS256', use: 'sig' } }
}
const [first, second] = [await key('first'), await key('second')]
let control = { user: 'staff-1', acr: null, fault: null }

const server = createServer()
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `http://localhost:${server.address().port}`
const common = { redirect_uris: redirectUris, grant_types: ['authorization_code'], response_types: ['code'] }
const provider = new Provider(issuer, {
  jwks: { keys: [first.jwk] },
  clients: [
    {
      ...common,
      client_id: 'with-key',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [clientJwk] },
    },
    { ...common, client_id: 'with-secret', client_secret: 'a secret: 100% ours', token_endpoint_auth_method: 'client_secret_basic' },
    { ...common, client_id: 'with-post', client_secret: 'another secret', token_endpoint_auth_method: 'client_secret_post' },
  ],
  acrValues: ['urn:example:mfa'],
  claims: { openid: ['sub', 'oid'], acr: null },
  clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
  cookies: { keys: ['only for tests'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, oid: `oid-of-${id}` }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    })
    grant.addOIDCScope('openid')
    await grant.save()
    return grant
  },
})

const otherwise = async (claims, { by = first.private, kid = 'first', header = {} } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(by)
const now = () => Math.floor(Date.now() / 1000)
const faults = {
  nonce: (claims) => otherwise({ ...claims, nonce: 'of somebody else' }),
  no_nonce: ({ nonce, ...claims }) => otherwise(claims),
  audience: (claims) => otherwise({ ...claims, aud: 'another' }),
  audiences: (claims) => otherwise({ ...claims, aud: [claims.aud, 'another'], azp: claims.aud }),
  azp: (claims) => otherwise({ ...claims, azp: 'another' }),
  issuer: (claims) => otherwise({ ...claims, iss: 'https://elsewhere.cn' }),
  expired: (claims) => otherwise({ ...claims, iat: now() - 500, exp: now() - 120 }),
  early: (claims) => otherwise({ ...claims, iat: now() + 600, exp: now() + 1200 }),
  stale: (claims) => otherwise({ ...claims, iat: now() - 3600 }),
  no_exp: ({ exp, ...claims }) => otherwise(claims),
  at_hash: (claims) => otherwise({ ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  no_sub: ({ sub, ...claims }) => otherwise(claims),
  signature: (claims) => otherwise(claims, { by: second.private }),
  unknown_key: (claims) => otherwise(claims, { by: second.private, kid: 'second' }),
  rotated: (claims) => otherwise(claims, { by: second.private, kid: 'second' }),
  none: async (claims) => new UnsecuredJWT(claims).encode(),
  hs256: (claims) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode('a secret: 100% ours'.repeat(2))),
  crit: (claims) => otherwise(claims, { header: { crit: ['b64'], b64: true } }),
  garbage: async () => 'not.a.token',
  missing: async () => undefined,
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/control') {
    let body = ''
    for await (const piece of ctx.req) body += piece
    control = { user: 'staff-1', acr: null, fault: null, ...JSON.parse(body) }
    ctx.status = 204
    return
  }
  if (ctx.path.startsWith('/interaction/')) {
    const login = { accountId: control.user, ...(control.acr && { acr: control.acr }) }
    const result = control.fault === 'denied' ? { error: 'access_denied' } : { login }
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false })
    ctx.respond = false
    return
  }
  await next()
  const { fault } = control
  if (ctx.path === '/token' && ctx.body?.id_token && faults[fault]) {
    ctx.body.id_token = await faults[fault](decodeJwt(ctx.body.id_token))
  }
  if (ctx.path === '/jwks' && fault === 'rotated') {
    const { d, p, q, dp, dq, qi, ...open } = second.jwk
    ctx.body.keys.push(open)
  }
  if (ctx.path.startsWith('/.well-known') && fault === 'metadata_issuer') ctx.body.issuer = 'https://elsewhere.cn'
  if (ctx.path.startsWith('/.well-known') && fault === 'metadata_host') ctx.body.token_endpoint = 'http://169.254.169.254/token'
  if (ctx.path.startsWith('/.well-known') && fault === 'metadata_pkce') ctx.body.code_challenge_methods_supported = ['plain']
  if (ctx.path.startsWith('/.well-known') && fault === 'large') ctx.body.padding = 'x'.repeat(1100000)
  if (ctx.path.startsWith('/.well-known') && fault === 'html') ctx.body = '<html></html>'
})

server.on('request', provider.callback())
console.log(JSON.stringify({ issuer }))
