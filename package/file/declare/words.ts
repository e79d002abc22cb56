import { type KeyRule, text } from './shape.ts'

/** Texts that several parts of the file have. Patterns are for whole texts, and linear. */

export const POOL_KEY: KeyRule = {
  pattern: '[\\w+=,.@-]{1,128}',
  says: 'a name of a pool: 1 to 128 letters, digits or any of +=,.@-_',
}

export const ROLE_KEY: KeyRule = {
  pattern: '[\\w+=,.@-]{1,64}',
  says: 'a name of a role: 1 to 64 letters, digits or any of +=,.@-_',
}

export const ISSUER_KEY: KeyRule = {
  pattern: '[\\w.-]{1,64}',
  says: 'a name of an issuer: 1 to 64 letters, digits or any of ._-',
}

export const POLICY_KEY: KeyRule = {
  pattern: '[\\w+=,.@-]{1,128}',
  says: 'a name of a policy: 1 to 128 letters, digits or any of +=,.@-_',
}

export const TAG_KEY: KeyRule = { pattern: '[^\\u0000-\\u001f]{1,128}', says: 'a key of a tag: 1 to 128 characters' }

/** What a provider of the pool is called in `mappings` and `tagsFromClaims`; whether there is one is checked elsewhere. */
export const PROVIDER_KEY: KeyRule = {
  pattern: '[\\w.:/+=,@-]{1,256}',
  says: 'what the pool calls the provider, such as acme, google, or the id of a user pool',
}

export const roleReference = text({
  pattern: 'arn:[^\\s]{10,2040}|[\\w+=,.@-]{1,64}',
  says: 'the name of a role under `roles`, or the ARN of a role',
  about: 'A role under `roles`, or the ARN of one that is registered elsewhere.',
})

export const tagValue = text({ max: 256 })

/** A path below the folder of the file, or anywhere: it begins with a dot or a slash, so that it is not taken for a word. */
export const path = text({
  pattern: '\\.{0,2}/[^\\u0000]{1,1024}',
  says: 'a path that begins with ./, ../ or /',
  about: 'A file, by its path from the folder of this file.',
})

export const AUDIENCE_KEY: KeyRule = {
  pattern: '[^\\u0000-\\u001f]{1,1000}',
  says: 'an audience: 1 to 1000 characters',
}
